import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { concernsAll, failureOf } from './failures.ts';
import type { Hold } from './messages.ts';

/** Where work waits while it is paused, or held because of a failure that the next try would meet too. */
export class Gate {
  isPaused: boolean;
  #hold: Hold | null = null;
  readonly #onChange: () => void;

  constructor({ isPaused = false, onChange = () => {} }: { isPaused?: boolean; onChange?: () => void } = {}) {
    this.isPaused = isPaused;
    this.#onChange = onChange;
  }

  get isOpen(): boolean {
    return !this.isPaused && this.#hold === null;
  }

  get hold(): Hold | null {
    return this.#hold;
  }

  /** Holds; where it holds already, for what happened first. */
  close(hold: Hold): void {
    this.#hold ??= hold;
    this.#onChange();
  }

  /** Ends a hold. */
  release(): void {
    this.#hold = null;
    this.#onChange();
  }

  /** Settles when it is open. */
  async passed(): Promise<void> {
    if (!this.isOpen) await condition(() => this.isOpen);
  }

  /**
   * Does something whose failure would not stay alone, as when the store or the data are away: where it fails for good, this
   * holds, and it is tried again once it is released. Bad input that is no better then is an error after all.
   * @param what it is, for people
   * @param holdsFor which failures can be mended
   */
  async insist<Result>(what: string, task: () => Promise<Result>, holdsFor = concernsAll): Promise<Result> {
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
