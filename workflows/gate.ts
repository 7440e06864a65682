import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { concernsAll, failureOf } from './failures.ts';
import type { Hold } from './messages.ts';

export interface GateOptions {
  isPaused?: boolean;
  hold?: Hold | null;
  /** Called when a hold begins or ends. */
  onChange?: () => void;
}

/** Work waits here while it is paused, or on hold because of a failure that the next attempt would also meet. */
export class Gate {
  isPaused: boolean;
  #hold: Hold | null;
  readonly #onChange: () => void;

  constructor({ isPaused = false, hold = null, onChange = () => {} }: GateOptions = {}) {
    this.isPaused = isPaused;
    this.#hold = hold;
    this.#onChange = onChange;
  }

  get isOpen(): boolean {
    return !this.isPaused && this.#hold === null;
  }

  get hold(): Hold | null {
    return this.#hold;
  }

  /** Begins a hold; an existing one is kept. */
  close(hold: Hold): void {
    this.#hold ??= hold;
    this.#onChange();
  }

  /** Ends a hold. */
  release(): void {
    this.#hold = null;
    this.#onChange();
  }

  /** Resolves when the gate is open. */
  async passed(): Promise<void> {
    if (!this.isOpen) await condition(() => this.isOpen);
  }

  /**
   * Carries out a task whose failure may have a cause that others share, such as an unreachable store or missing data. If it fails
   * for good, the gate is put on hold, and the task is retried after the release. Bad input that fails again then is an error.
   * @param what describes the task to the user
   * @param holdsFor whether a failure can be fixed
   */
  async holdUntilDone<Result>(what: string, task: () => Promise<Result>, holdsFor = concernsAll): Promise<Result> {
    for (let tries = 1; ; tries++) {
      await this.passed();
      try {
        return await task();
      } catch (error) {
        if (isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
        const failure = failureOf(error);
        if (!holdsFor(failure) || (failure.category === 'input' && tries > 1)) throw error;
        this.close({ what, reason: failure.message });
      }
    }
  }
}
