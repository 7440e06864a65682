/** Work that several callers wait for: it is aborted when the last of them has given up. */
export class SharedWork<Result> {
  readonly #result: Promise<Result>;
  readonly #end = new AbortController();
  readonly #onGone: () => void;
  #waiting = 0;
  #isSettled = false;

  /**
   * @param work gets a signal that aborts when nobody waits any more
   * @param onGone called when the work has failed or is aborted: nobody may wait for it from then on
   */
  constructor(work: (signal: AbortSignal) => Promise<Result>, onGone: () => void) {
    this.#onGone = onGone;
    this.#result = work(this.#end.signal);
    this.#result.then(
      () => (this.#isSettled = true),
      () => {
        this.#isSettled = true;
        onGone();
      },
    );
  }

  /** Waits for the result; if `signal` aborts, this caller gives up and gets the signal's reason. */
  async wait(signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    this.#waiting++;
    try {
      return await untilAborted(this.#result, signal);
    } finally {
      this.#waiting--;
      if (this.#waiting === 0 && !this.#isSettled) {
        this.#onGone();
        this.#end.abort(signal?.reason);
      }
    }
  }
}

function untilAborted<Result>(result: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    void result.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
