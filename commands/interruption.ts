import { exitCodes } from '../lib/core/errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds within which signals count as one: a terminal and npm may both deliver the same Ctrl-C. */
const sameGesture = 500;

/** Ctrl-C, or a signal to end: the first asks the process to end, the second forces it. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #force: () => void;
  #since: number | undefined;

  /** @param force ends, immediately and synchronously, whatever would outlive this process */
  constructor(force: () => void) {
    this.#force = force;
    for (const signal of signals) process.on(signal, this.#listener);
  }

  /** Aborted at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #listener = (): void => {
    const now = Date.now();
    this.#since ??= now;
    this.#controller.abort();
    if (now - this.#since < sameGesture) return;
    this.#force();
    process.exit(exitCodes.interrupted);
  };

  /** Settles at the first signal. */
  get asked(): Promise<'interrupted'> {
    return new Promise((resolve) => {
      if (this.signal.aborted) resolve('interrupted');
      else this.signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
    });
  }

  dispose(): void {
    for (const signal of signals) process.off(signal, this.#listener);
  }
}
