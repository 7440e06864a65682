/** Work that several wait for: it goes on until it is done, or until the last of them has given up. */
export class SharedWork<Result> {
  readonly #result: Promise<Result>;
  readonly #end = new AbortController();
  readonly #onGone: () => void;
  #waiting = 0;
  #isSettled = false;

  /**
   * @param work gets a signal that aborts when nobody waits any more
   * @param onGone called when it has failed, and as soon as it is given up: nobody is to wait for it from then on
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

  /** @param signal has this caller give up, with its reason */
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
