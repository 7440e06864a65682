import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { Instruction } from '../lib/study/instruction.ts';

type Unnumbered<T> = T extends Instruction ? Omit<T, 'at'> : never;

export interface JournalOptions {
  /** Puts instructions into the store. */
  write: (instructions: Instruction[]) => Promise<void>;
  onChange: () => void;
}

/** Time between two attempts after the activity has finally failed: instructions must reach the store. */
const betweenTries = '1 minute';

/** Milliseconds that a cancelled study waits for the store. */
const patience = 60_000;

/**
 * The instructions that a study has carried out, in order. Each is durable as soon as it is noted, as part of the workflow, and is put
 * into the store before the study ends.
 */
export class Journal {
  readonly #options: JournalOptions;
  #noted: Instruction[] = [];
  #unwritten: Instruction[] = [];
  #isWriting = false;
  #last = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Adds the instructions given to earlier executions of the study. */
  precede(earlier: readonly Instruction[]): void {
    const known = new Set(this.#noted.map(({ id }) => id));
    this.#noted = [...earlier.filter(({ id }) => !known.has(id)), ...this.#noted];
    this.#options.onChange();
  }

  /** Returns the time of an instruction that is acknowledged now; no two are equal. */
  time(): string {
    this.#last = Math.max(Date.now(), this.#last + 1);
    return new Date(this.#last).toISOString();
  }

  /** Notes an instruction that has just been carried out. */
  note(instruction: Unnumbered<Instruction>): void {
    const noted = { ...instruction, at: this.time() };
    this.#unwritten.push(noted);
    this.noteStored(noted);
    // At the end of a cancelled study, `writtenAtEnd` writes it.
    if (!CancellationScope.current().consideredCancelled) void this.#write();
  }

  /** Notes an instruction that is already in the store. */
  noteStored(instruction: Instruction): void {
    if (this.#noted.some(({ id }) => id === instruction.id)) return;
    this.#noted.push(instruction);
    this.#options.onChange();
  }

  /** Returns the last instructions, oldest first. */
  latest(most: number): Instruction[] {
    return this.#noted.slice(-most);
  }

  /** Whether all noted instructions are in the store. */
  get isWritten(): boolean {
    return this.#unwritten.length === 0;
  }

  /** Resolves when all noted instructions are in the store. */
  async written(): Promise<void> {
    if (!this.isWritten) await condition(() => this.isWritten);
  }

  /** Does the same for a study that is cancelled or has failed; gives up after a while, because the store may be what failed. */
  async writtenAtEnd(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      try {
        await CancellationScope.withTimeout(patience, async () => {
          // A write that began in the cancelled scope ends by itself.
          await condition(() => !this.#isWriting);
          await this.#write();
          await this.written();
        });
      } catch (error) {
        if (!isCancellation(error)) throw error;
      }
    });
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (!this.isWritten) {
        const batch = [...this.#unwritten];
        try {
          await this.#options.write(batch);
          this.#unwritten = this.#unwritten.filter((instruction) => !batch.includes(instruction));
        } catch (error) {
          if (isCancellation(error)) return;
          await sleep(betweenTries);
        }
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    } finally {
      this.#isWriting = false;
    }
  }
}
