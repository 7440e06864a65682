import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { runArtifacts } from '../study/documents/run-document.ts';
import { isCheckpoint } from '../training/checkpoints.ts';
import type { CheckpointFile } from '../training/run.ts';

/** Where a training keeps checkpoints in the folder of its run; their names sort by how far it had come. */
const checkpointFolder = (folder: string) => join(folder, 'checkpoints');

/**
 * Copies the newest checkpoint of a run from the store to its folder on this machine, unless the folder has one that is as new: another
 * machine may have trained the run in the meantime. A damaged checkpoint does no harm: the training skips it.
 */
export async function fetchCheckpoint(store: ArtifactStore, runKey: string, folder: string): Promise<void> {
  const newest = (await store.list(runArtifacts(runKey).checkpoints)).at(-1);
  if (newest === undefined) return;
  const name = basename(newest);
  if ((await checkpointsIn(folder)).some((own) => own >= name)) return;
  const content = await store.get(newest);
  if (content !== undefined) await writeFileAtomically(join(checkpointFolder(folder), name), content);
}

async function checkpointsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(checkpointFolder(folder))).filter(isCheckpoint);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Removes the checkpoints of a run from the store. */
export async function removeCheckpoints(store: ArtifactStore, runKey: string): Promise<void> {
  for (const name of await store.list(runArtifacts(runKey).checkpoints)) await store.delete(name);
}

/** Minimum milliseconds between two uploads of a run's checkpoints. */
const interval = 60_000;

/**
 * Keeps a copy of a run's newest checkpoint in the store while it is being trained, so that another machine can continue the run if
 * this one is lost. Uploads run beside the training, one at a time and at most one a minute. A failed upload costs no more than what
 * was trained since the previous one, so it is logged and not thrown.
 */
export class CheckpointUpload {
  readonly #store: ArtifactStore;
  readonly #runKey: string;
  readonly #onLog: (line: string) => void;
  #started = -Infinity;
  #uploading: Promise<void> = Promise.resolve();
  #isUploading = false;
  #waiting: CheckpointFile | undefined;
  #stored: string | undefined;

  constructor(store: ArtifactStore, runKey: string, onLog: (line: string) => void) {
    this.#store = store;
    this.#runKey = runKey;
    this.#onLog = onLog;
  }

  offer(checkpoint: CheckpointFile): void {
    this.#waiting = checkpoint;
    if (!this.#isUploading && Date.now() - this.#started >= interval) this.#begin();
  }

  /** Waits for an upload in progress. */
  async settled(): Promise<void> {
    await this.#uploading;
  }

  /** Uploads the latest checkpoint, regardless of the interval. */
  async flush(): Promise<void> {
    await this.#uploading;
    this.#begin();
    await this.#uploading;
  }

  #begin(): void {
    const checkpoint = this.#waiting;
    if (checkpoint === undefined) return;
    this.#waiting = undefined;
    this.#started = Date.now();
    this.#isUploading = true;
    this.#uploading = this.#upload(checkpoint)
      .catch((error: Error) => this.#onLog(`the checkpoint ${checkpoint.path} was not stored: ${error.message}`))
      .finally(() => {
        this.#isUploading = false;
      });
  }

  async #upload({ path }: CheckpointFile): Promise<void> {
    const name = runArtifacts(this.#runKey).checkpoints + basename(path);
    await this.#store.putFile(name, path);
    if (this.#stored !== undefined) await this.#store.delete(this.#stored);
    this.#stored = name;
  }
}
