import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { orGone } from '../core/files/folder-bytes.ts';
import { takeLock, withLock } from '../core/files/lock.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { runArtifacts } from '../study/documents/run-document.ts';
import { readRunRecord } from '../study/documents/run-record.ts';

/** Milliseconds between two searches for folders of runs that have ended elsewhere. */
const interval = 3_600_000;

/** The folders of runs on this machine, which keep their checkpoints from one attempt to the next. */
export class RunFolders {
  readonly #store: ArtifactStore;
  readonly #root: string;
  #looked = -Infinity;

  /** @param work folder on this machine for files that can be recreated */
  constructor(store: ArtifactStore, work: string) {
    this.#store = store;
    this.#root = join(work, 'runs');
  }

  /**
   * Runs work in the folder of a run; a run that was restarted from scratch has a new folder. Only one training uses the folder at a time,
   * even if several studies, workers or commands on the machine have the same run: the others wait.
   * @param work gets a signal that aborts with the caller's, and if the folder is lost to another process
   * @throws LockLostError if it was
   */
  async use<Result>(
    runKey: string,
    signal: AbortSignal,
    work: (folder: string, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const generation = await this.#generationOf(runKey);
    const folder = join(this.#root, generation === 0 ? runKey : `${runKey}-${generation}`);
    return withLock(folder, { signal }, async (held) => {
      await makeFolder(folder);
      return work(folder, held);
    });
  }

  /** Removes, at most once an hour, the folders of runs that another machine has finished or restarted from scratch. */
  async tidy(): Promise<void> {
    if (performance.now() - this.#looked < interval) return;
    this.#looked = performance.now();
    const names = (await orGone(readdir(this.#root))) ?? [];
    for (const name of names.filter((name) => /^[0-9a-f]{32}(-\d+)?$/.test(name)))
      if (await this.#isUseless(name)) await this.#remove(join(this.#root, name));
  }

  /** Returns the number of times that a run was restarted from scratch. */
  async #generationOf(runKey: string): Promise<number> {
    return Number((await this.#store.get(runArtifacts(runKey).generation))?.toString() ?? 0);
  }

  async #isUseless(name: string): Promise<boolean> {
    const [runKey, generation = 0] = name.split('-') as [string, string?];
    if (Number(generation) < (await this.#generationOf(runKey))) return true;
    const record = await readRunRecord(this.#store, runKey);
    // A failed run may be retried from its checkpoint.
    return record !== undefined && record.outcome !== 'failed';
  }

  /** Removes a folder unless it is in use. */
  async #remove(folder: string): Promise<void> {
    const held = await takeLock(folder, { patience: 0 });
    if (held === undefined) return;
    try {
      await rm(folder, { recursive: true, force: true });
    } finally {
      await held.release();
    }
  }
}
