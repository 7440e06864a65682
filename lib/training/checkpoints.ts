import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../core/files/make-folder.ts';
import { readState, writeState, type StoredState } from './state-file.ts';

/** Names of checkpoints sort by the run's progress: after an epoch, or after some steps of the next one. */
const namePattern = /^epoch-\d{6}(\.step-\d{8})?\.bin$/;
const kept = 2;

/** Whether a file in a folder of checkpoints is a finished checkpoint. */
export const isCheckpoint = (name: string): boolean => namePattern.test(name);

/** The checkpoints of one run: one after each epoch, and some within long epochs. The last two are kept. */
export class Checkpoints {
  readonly #directory: string;
  readonly #runKey: string;

  constructor(directory: string, runKey: string) {
    this.#directory = directory;
    this.#runKey = runKey;
  }

  /** @returns the path of its file */
  async write(checkpoint: Omit<StoredState, 'runKey'>): Promise<string> {
    await makeFolder(this.#directory);
    const path = join(this.#directory, nameOf(checkpoint));
    await writeState(path, { runKey: this.#runKey, ...checkpoint });
    // Later checkpoints must have been damaged, since the run did not continue from them.
    const earlier = (await this.#names()).filter((name) => name < basename(path));
    for (const name of await this.#names())
      if (name !== basename(path) && !earlier.slice(0, kept - 1).includes(name)) await rm(join(this.#directory, name));
    return path;
  }

  /**
   * Reads the newest undamaged checkpoint; undefined if there is none.
   * @param onSkipped called with the reason for each checkpoint that is damaged or belongs to another run
   */
  async latest(onSkipped: (reason: string) => void): Promise<StoredState | undefined> {
    for (const name of await this.#names()) {
      const path = join(this.#directory, name);
      try {
        const checkpoint = await readState(path);
        if (checkpoint.runKey === this.#runKey) return checkpoint;
        onSkipped(`${path} is skipped: it belongs to the run ${checkpoint.runKey}`);
      } catch (error) {
        onSkipped(`${path} is skipped: ${(error as Error).message}`);
      }
    }
    return undefined;
  }

  /** Lists the names of the checkpoints, newest first. */
  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#directory)).filter(isCheckpoint).sort().reverse();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

function nameOf({ epochs, begun }: Pick<StoredState, 'epochs' | 'begun'>): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  // A dot, because a hyphen sorts before the dot of `.bin`: the steps within an epoch would come before its beginning.
  return `epoch-${digits(epochs, 6)}${begun === undefined ? '' : `.step-${digits(begun.steps, 8)}`}.bin`;
}
