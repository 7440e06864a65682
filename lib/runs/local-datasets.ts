import { join } from 'node:path';
import { OperationalError } from '../core/errors.ts';
import { SharedWork } from '../core/shared-work.ts';
import { DatasetError } from '../datasets/dataset-error.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { prepareDataset, type PreparationProgress } from '../datasets/prepare-dataset.ts';
import { openPreparedDataset, readManifest } from '../datasets/prepared-dataset.ts';
import type { DatasetSelection } from '../datasets/selection.ts';
import { unmarkVerified } from '../datasets/shards/verification.ts';
import { adoptDataset } from '../datasets/transfer.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readDatasetDocument } from '../study/documents/dataset-document.ts';
import { DatasetCache, UnreadableDatasetError } from './dataset-cache.ts';
import { fetchDataset, publishDataset } from './dataset-exchange.ts';
import { keptViews, type KeptView } from './kept-images.ts';

/** A prepared dataset on this machine. */
export interface LocalDataset {
  directory: string;
  manifest: DatasetManifest;
}

/** Called with notices for the log, e.g. that a damaged shard was fetched again. */
type OnNotice = (notice: string) => void;

export interface PrepareOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: PreparationProgress) => void) | undefined;
  onNotice?: OnNotice | undefined;
}

export interface UseOptions {
  /** Gives up waiting for the dataset. */
  signal?: AbortSignal | undefined;
  onNotice?: OnNotice | undefined;
}

/** Provides datasets on this machine. */
export interface DatasetProvider {
  /** Prepares a selection, unless it is already prepared. */
  prepare(selection: DatasetSelection, seed: number, options?: PrepareOptions): Promise<LocalDataset>;
  /**
   * Runs work with the dataset that a run was planned for, by its digest; meanwhile the dataset is kept on this machine.
   * @throws UnreadableDatasetError if this machine cannot provide exactly that data
   */
  use<Result>(digest: string, work: (dataset: LocalDataset) => Promise<Result>, options?: UseOptions): Promise<Result>;
  /**
   * Looks for damage in this machine's copy of a dataset in use, which the next use then repairs.
   * @returns a description of the damage, naming the file; undefined if there is none
   */
  findDamage(digest: string, options: DamageOptions): Promise<string | undefined>;
}

export interface DamageOptions {
  /** Whether to read every file again; otherwise only those that have changed since they were found intact. */
  isSuspect: boolean;
  signal?: AbortSignal | undefined;
}

export interface LocalDatasetsOptions {
  store: ArtifactStore;
  /** Folder on this machine for files that can be recreated. */
  work: string;
  /** Folder with downloaded datasets. */
  dataRoot?: string | undefined;
  /** Bytes that prepared datasets may take; the whole disk except 2 GB if absent. */
  dataCache?: number | undefined;
  /** Whether other machines that lack this one's prepared datasets use the store; if so, the datasets are published there. */
  isStoreShared?: boolean | undefined;
}

/**
 * The prepared datasets of this machine, whether prepared here or fetched from the store. Each is verified once in this process, even if
 * several slots request it at the same time, and again if its files have disappeared.
 */
export class LocalDatasets implements DatasetProvider {
  readonly #options: LocalDatasetsOptions;
  readonly #cache: DatasetCache;
  /** By digest. */
  readonly #known = new Map<string, SharedWork<LocalDataset>>();

  constructor(options: LocalDatasetsOptions) {
    this.#options = options;
    this.#cache = new DatasetCache(join(options.work, 'datasets'), options.dataCache);
  }

  async prepare(selection: DatasetSelection, seed: number, options: PrepareOptions = {}): Promise<LocalDataset> {
    const { store, dataRoot, isStoreShared } = this.#options;
    const { directory } = this.#cache;
    const prepared = await this.#cache.whilePreparing(() =>
      prepareDataset(selection, { seed, directory, dataRoot, ...options }),
    );
    return this.#held(prepared.manifest.digest, async () => {
      if (isStoreShared === true) await publishDataset(store, prepared.directory, options.signal);
      await this.#touch(prepared);
      await this.#cache.trim();
      return prepared;
    });
  }

  use<Result>(
    digest: string,
    work: (dataset: LocalDataset) => Promise<Result>,
    options: UseOptions = {},
  ): Promise<Result> {
    return this.#held(digest, async () => {
      const dataset = await this.#open(digest, options);
      try {
        return await work(dataset);
      } finally {
        await this.#touch(dataset);
      }
    });
  }

  async findDamage(digest: string, { isSuspect, signal }: DamageOptions): Promise<string | undefined> {
    const views = await this.#views(digest);
    let damage = views.length === 0 ? `the prepared form of ${digest} has disappeared` : undefined;
    for (const { directory, images } of views)
      try {
        if (isSuspect) await unmarkVerified(images);
        await adoptDataset(directory, signal);
      } catch (error) {
        if (!(error instanceof OperationalError) || error.isRetryable) throw error;
        damage = error.message;
      }
    if (damage !== undefined) this.#known.delete(digest);
    return damage;
  }

  async #held<Result>(digest: string, work: () => Promise<Result>): Promise<Result> {
    const release = await this.#cache.hold(digest);
    try {
      return await work();
    } finally {
      await release();
    }
  }

  #touch({ directory, manifest }: LocalDataset): Promise<void> {
    return this.#cache.touch(join(directory, manifest.parent.directory));
  }

  async #open(digest: string, { signal, onNotice }: UseOptions): Promise<LocalDataset> {
    const known = this.#known.get(digest);
    if (known !== undefined) {
      const dataset = await known.wait(signal);
      if (await isIntact(dataset)) return dataset;
    }
    // Another slot may have started meanwhile.
    if (this.#known.get(digest) === known) {
      // The signal of one run must not stop it: others wait for it, too.
      const opening: SharedWork<LocalDataset> = new SharedWork(
        (ending) => this.#bring(digest, { signal: ending, onNotice }),
        () => {
          if (this.#known.get(digest) === opening) this.#known.delete(digest);
        },
      );
      this.#known.set(digest, opening);
    }
    return this.#known.get(digest)!.wait(signal);
  }

  /** Provides the copy on this machine, else the one in the store, else prepares it again. A damaged copy is restored from its source. */
  async #bring(digest: string, options: UseOptions): Promise<LocalDataset> {
    const { selection, seed, manifest } = await readDatasetDocument(this.#options.store, digest);
    const reasons: string[] = [];
    const tried = async (way: () => Promise<LocalDataset>): Promise<LocalDataset | undefined> => {
      try {
        return await way();
      } catch (error) {
        if (!(error instanceof OperationalError) || error.isRetryable) throw error;
        reasons.push(error.message);
        return undefined;
      }
    };
    const views = await this.#views(digest);
    for (const { directory } of views) {
      const here = await tried(async () => ({ directory, manifest: await adoptDataset(directory, options.signal) }));
      if (here !== undefined) return here;
    }

    const ways = [() => this.#fetch(digest, options), () => this.#prepareAgain(selection, seed, digest, options)];
    const isPreparedHere = views.some(({ directory }) => !directory.endsWith(digest));
    for (const way of isPreparedHere ? ways.toReversed() : ways) {
      const brought = await tried(way);
      if (brought !== undefined) return brought;
    }
    throw new UnreadableDatasetError(`this machine cannot read ${manifest.label}: ${reasons.join('; ')}`);
  }

  async #fetch(digest: string, options: UseOptions): Promise<LocalDataset> {
    const { store } = this.#options;
    const directory = await fetchDataset(store, digest, { cache: this.#cache, ...options });
    if (directory === undefined) throw new DatasetError(`${store.location} does not have its prepared form`);
    return { directory, manifest: await readManifest(directory) };
  }

  async #prepareAgain(
    selection: DatasetSelection,
    seed: number,
    digest: string,
    options: UseOptions,
  ): Promise<LocalDataset> {
    const prepared = await this.prepare(selection, seed, options);
    if (prepared.manifest.digest === digest) return prepared;
    throw new DatasetError('the data prepared here differs from what the study was planned for');
  }

  async #views(digest: string): Promise<KeptView[]> {
    return (await keptViews(this.#cache.directory)).filter((view) => view.digest === digest);
  }
}

/** Whether the files of a dataset that was opened before are all present, with their full sizes. */
async function isIntact({ directory }: LocalDataset): Promise<boolean> {
  try {
    await openPreparedDataset(directory);
    return true;
  } catch (error) {
    if (error instanceof OperationalError && error.category === 'input') return false;
    throw error;
  }
}
