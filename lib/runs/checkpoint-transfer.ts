import { basename } from 'node:path';
import { OperationalError } from '../core/errors.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { runArtifacts } from '../study/documents/run-document.ts';
import type { CheckpointFile } from '../training/run.ts';
import { stateFiles, type CheckpointForm } from './checkpoint-form.ts';

/**
 * Copies the newest checkpoint of a run from the store to its folder on this machine, unless the folder has an undamaged one at least as
 * new: another machine may have trained the run in the meantime. A damaged checkpoint does no harm: it is not copied, or the training skips
 * it.
 */
export async function fetchCheckpoint(
  store: ArtifactStore,
  runKey: string,
  folder: string,
  {
    form = stateFiles,
    onLog = () => {},
  }: { form?: CheckpointForm | undefined; onLog?: ((line: string) => void) | undefined } = {},
): Promise<void> {
  const { checkpoints } = runArtifacts(runKey);
  const files = (await store.list(checkpoints)).map((name) => basename(name));
  const newest = files.filter(form.isFile).sort(form.compare).at(-1);
  if (newest === undefined) return;
  for (const own of await form.inFolder(folder))
    if (form.compare(own, newest) >= 0 && (await form.isUsable(folder, own, runKey))) return;
  try {
    await form.fetch(store, checkpoints + newest, folder);
  } catch (error) {
    if (error instanceof OperationalError || (error instanceof Error && 'code' in error)) throw error;
    onLog(`the checkpoint ${newest} in ${store.location} is not used: ${(error as Error).message}`);
  }
}

/** Milliseconds after which the store of an artifact that has not ended counts as abandoned; another study may be storing the same run. */
const longestStoring = 600_000;

/** Removes the checkpoints of a run from the store, and what workers that were killed while they stored something of it have left. */
export async function removeCheckpoints(store: ArtifactStore, runKey: string): Promise<void> {
  for (const name of await store.list(runArtifacts(runKey).checkpoints)) await store.delete(name);
  await store.removeAbandoned(`runs/${runKey}/`, longestStoring);
}

/** Minimum milliseconds between two uploads of a run's checkpoints. */
const interval = 60_000;

/**
 * Keeps a copy of a run's newest checkpoint in the store while it is being trained, so that another machine can continue the run if this
 * one is lost. Uploads run alongside the training, one at a time and at most one a minute. A failed upload risks only what was trained
 * since the previous one, so it is logged and not thrown.
 */
export class CheckpointUpload {
  readonly #store: ArtifactStore;
  readonly #runKey: string;
  readonly #form: CheckpointForm;
  readonly #onLog: (line: string) => void;
  #started = -Infinity;
  #uploading: Promise<void> = Promise.resolve();
  #isUploading = false;
  #waiting: CheckpointFile | undefined;
  #stored: string | undefined;

  constructor(
    store: ArtifactStore,
    runKey: string,
    {
      form = stateFiles,
      onLog = () => {},
    }: { form?: CheckpointForm | undefined; onLog?: ((line: string) => void) | undefined } = {},
  ) {
    this.#store = store;
    this.#runKey = runKey;
    this.#form = form;
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

  async #upload(checkpoint: CheckpointFile): Promise<void> {
    await this.#form.withFile(checkpoint.path, async (path) => {
      const name = runArtifacts(this.#runKey).checkpoints + basename(path);
      await this.#store.putFile(name, path);
      const replaced = this.#stored === undefined ? await this.#olderThan(name) : [this.#stored];
      for (const older of replaced) if (older !== name) await this.#store.delete(older);
      this.#stored = name;
    });
  }

  /** Lists the older checkpoints that earlier attempts left, on any machine. */
  async #olderThan(name: string): Promise<string[]> {
    const { isFile, compare } = this.#form;
    const names = await this.#store.list(runArtifacts(this.#runKey).checkpoints);
    return names.filter((other) => isFile(basename(other)) && compare(basename(other), basename(name)) < 0);
  }
}
