import { exitCodes, Interrupted } from '../lib/core/errors.ts';
import { defaultStopSeconds } from '../runtime/stop-seconds.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds within which signals count as one: a terminal and npm may both deliver the same Ctrl-C. */
export const sameGesture = 500;

/** Sent by a supervised process to its supervisor (supervise.ts): the seconds that it takes to end, if different from the default. */
export interface PatienceMessage {
  patience: number;
}

export interface InterruptionOptions {
  /** Immediately and synchronously ends whatever would outlive this process. */
  force?: () => void;
  /** Message of the error with which `signal` aborts. */
  message?: string;
  /** Seconds within which the process ends after SIGTERM or SIGHUP. */
  patience?: number | undefined;
}

/**
 * Handles Ctrl-C and the signals that end a process: the first one aborts `signal`, so that the process can end in an orderly way; a second
 * one, or the end of `patience` after SIGTERM or SIGHUP, ends it immediately.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #options: InterruptionOptions;
  #since: number | undefined;

  constructor(options: InterruptionOptions = {}) {
    this.#options = options;
    const { patience } = options;
    if (patience !== undefined) process.send?.({ patience } satisfies PatienceMessage);
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
    if (signal !== 'SIGINT') setTimeout(this.#end, 1000 * (this.#options.patience ?? defaultStopSeconds)).unref();
    if (now - this.#since >= sameGesture) this.#end();
  };

  readonly #end = (): never => {
    this.#options.force?.();
    process.exit(exitCodes.interrupted);
  };

  /** Resolves at the first signal. */
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
