import { join } from 'node:path';
import { OperationalError, UnsuitableWorkerError } from '../core/errors.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { prepareDataset, type PreparationProgress } from '../datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../datasets/prepared-dataset.ts';
import type { DatasetSelection } from '../datasets/selection.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readDatasetDocument } from '../store/dataset-document.ts';

/** A prepared dataset on this machine. */
export interface LocalDataset {
  directory: string;
  manifest: DatasetManifest;
}

export interface PrepareOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: PreparationProgress) => void) | undefined;
}

/** Brings datasets to this machine. */
export interface DatasetProvider {
  /** Prepares a selection where it is not yet. */
  prepare(selection: DatasetSelection, seed: number, options?: PrepareOptions): Promise<LocalDataset>;
  /**
   * The dataset of a digest that a run was planned for.
   * @throws UnsuitableWorkerError where this machine cannot bring that very data
   */
  open(digest: string): Promise<LocalDataset>;
  /** Has the next `open` verify the dataset again, and rebuild what is damaged. */
  forget(digest: string): void;
}

/**
 * The datasets that are prepared below a folder of this machine. Each is verified once in this process, however many slots ask
 * for it at the same time, and looked at anew when its files are no longer there.
 */
export class LocalDatasets implements DatasetProvider {
  readonly #store: ArtifactStore;
  readonly #directory: string;
  readonly #dataRoot: string | undefined;
  /** By digest. */
  readonly #known = new Map<string, Promise<LocalDataset>>();

  /** @param work folder of this machine for what can be made again */
  constructor(store: ArtifactStore, work: string, dataRoot: string | undefined) {
    this.#store = store;
    this.#directory = join(work, 'datasets');
    this.#dataRoot = dataRoot;
  }

  prepare(selection: DatasetSelection, seed: number, options: PrepareOptions = {}): Promise<LocalDataset> {
    return prepareDataset(selection, { seed, directory: this.#directory, dataRoot: this.#dataRoot, ...options });
  }

  async open(digest: string): Promise<LocalDataset> {
    const known = this.#known.get(digest);
    if (known !== undefined && (await isIntact(known))) return known;
    // Another slot may have begun meanwhile.
    if (this.#known.get(digest) === known) {
      // Not by the signal of one run: others wait for it too.
      const opening = this.#prepareAgain(digest);
      this.#known.set(digest, opening);
      opening.catch(() => this.#known.delete(digest));
    }
    return this.#known.get(digest)!;
  }

  forget(digest: string): void {
    this.#known.delete(digest);
  }

  async #prepareAgain(digest: string): Promise<LocalDataset> {
    const { selection, seed, manifest } = await readDatasetDocument(this.#store, digest);
    const prepared = await this.prepare(selection, seed).catch((error: unknown) => {
      if (!(error instanceof OperationalError && error.category === 'input')) throw error;
      throw new UnsuitableWorkerError(`this worker cannot provide ${manifest.label}: ${error.message}`, {
        cause: error,
      });
    });
    if (prepared.manifest.digest === digest) return prepared;
    throw new UnsuitableWorkerError(`${manifest.label} on this worker is not the data that the study was planned for`);
  }
}

/** Whether the files of a dataset that was opened before are all there, by their sizes. */
async function isIntact(opening: Promise<LocalDataset>): Promise<boolean> {
  try {
    const dataset = await openPreparedDataset((await opening).directory);
    await dataset.close();
    return true;
  } catch (error) {
    if (error instanceof OperationalError && error.category === 'input') return false;
    throw error;
  }
}
