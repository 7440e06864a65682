import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { readState, writeState, type StoredState } from './state-file.ts';

const namePattern = /^epoch-(\d{6})\.bin$/;
const kept = 2;

/** The checkpoints of one run: one a finished epoch, of which the last two are kept. */
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
    const path = this.#path(checkpoint.epochs);
    await writeState(path, { runKey: this.#runKey, ...checkpoint });
    for (const epochs of (await this.#epochs()).slice(kept)) await rm(this.#path(epochs));
    return path;
  }

  /**
   * The newest checkpoint that can be read; undefined where there is none.
   * @param onSkipped is told of each one that is damaged or of another run, in words
   */
  async latest(onSkipped: (reason: string) => void): Promise<StoredState | undefined> {
    for (const epochs of await this.#epochs()) {
      const path = this.#path(epochs);
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

  /** Epochs of the checkpoints there are, newest first. */
  async #epochs(): Promise<number[]> {
    let names: string[];
    try {
      names = await readdir(this.#directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return names
      .map((name) => namePattern.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      .sort((a, b) => b - a);
  }

  #path(epochs: number): string {
    return join(this.#directory, `epoch-${String(epochs).padStart(6, '0')}.bin`);
  }
}
