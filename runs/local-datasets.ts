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

/** Provides datasets on this machine. */
export interface DatasetProvider {
  /** Prepares a selection, unless it is already prepared. */
  prepare(selection: DatasetSelection, seed: number, options?: PrepareOptions): Promise<LocalDataset>;
  /**
   * The dataset with the digest that a run was planned for.
   * @throws UnsuitableWorkerError if this machine cannot provide exactly that data
   */
  open(digest: string): Promise<LocalDataset>;
  /** Makes the next `open` verify the dataset again and rebuild damaged parts. */
  forget(digest: string): void;
}

/**
 * The datasets that are prepared below a folder on this machine. Each is verified once in this process, however many slots request
 * it at the same time, and again if its files have disappeared.
 */
export class LocalDatasets implements DatasetProvider {
  readonly #store: ArtifactStore;
  readonly #directory: string;
  readonly #dataRoot: string | undefined;
  /** By digest. */
  readonly #known = new Map<string, Promise<LocalDataset>>();

  /** @param work folder on this machine for data that can be recreated */
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
    // Another slot may have started in the meantime.
    if (this.#known.get(digest) === known) {
      // Not cancelled by the signal of one run, because others wait for it too.
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

/** Whether all files of a dataset that was opened earlier still exist with the right sizes. */
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
