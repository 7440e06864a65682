import { exitCodes, Interrupted } from '../lib/core/errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds within which signals count as one: a terminal and npm may both deliver the same Ctrl-C. */
export const sameGesture = 500;

/** A process that has not ended this many milliseconds after SIGTERM or SIGHUP is killed. */
export const patience = 10_000;

export interface InterruptionOptions {
  /** Ends, at once and synchronously, whatever would outlive this process. */
  force?: () => void;
  /** Message of the error that `signal` is aborted with. */
  message?: string;
}

/**
 * Handles Ctrl-C and the signals that end a process: the first one aborts `signal`, so that the process can end in order; a second one,
 * or ten seconds after SIGTERM or SIGHUP, ends it at once.
 */
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

  readonly #listener = (signal: NodeJS.Signals): void => {
    const now = Date.now();
    this.#since ??= now;
    this.#controller.abort(new Interrupted(this.#options.message ?? 'Interrupted'));
    if (signal !== 'SIGINT') setTimeout(this.#end, patience).unref();
    if (now - this.#since >= sameGesture) this.#end();
  };

  readonly #end = (): never => {
    this.#options.force?.();
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
