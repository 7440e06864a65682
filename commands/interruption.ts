import { exitCodes, Interrupted } from '../lib/core/errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds within which signals count as one: a terminal and npm may both deliver the same Ctrl-C. */
const sameGesture = 500;

export interface InterruptionOptions {
  /** Ends, at once and synchronously, whatever would outlive this process. */
  force?: () => void;
  /** Message of the error that `signal` is aborted with. */
  message?: string;
}

/** Ctrl-C, or a signal to end: the first asks the process to end, the second ends it. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #options: InterruptionOptions;
  #since: number | undefined;

  constructor(options: InterruptionOptions = {}) {
    this.#options = options;
    for (const signal of signals) process.on(signal, this.#listener);
  }

  /** Aborted at the first signal, with an `Interrupted` error. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #listener = (): void => {
    const { force, message = 'Interrupted' } = this.#options;
    const now = Date.now();
    this.#since ??= now;
    this.#controller.abort(new Interrupted(message));
    if (now - this.#since < sameGesture) return;
    force?.();
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
