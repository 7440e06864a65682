import { rm, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { UnsuitableWorkerError } from '../core/errors.ts';
import { manifestFile } from '../datasets/shards/images-manifest.ts';
import { folderWhenWhole } from '../datasets/shards/partial-folder.ts';
import { folderBytes, orGone } from '../core/files/folder-bytes.ts';
import { isInUse, markInUse } from '../core/files/in-use.ts';
import { takeLock, withLock } from '../core/files/lock.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import { keptImages, type KeptImages } from './kept-images.ts';

/** This worker cannot read the dataset of a run; another one may. */
export class UnreadableDatasetError extends UnsuitableWorkerError {}

/** Bytes of the disk that stay free if no limit is given: room for the results of a few trainings. */
const leftFree = 2e9;

/** The name under which images are marked as in use while a dataset is being prepared and no view on them exists yet. */
const preparation = 'preparation';

/**
 * Keeps the prepared datasets of a machine within a limit, whether they were prepared here or fetched: the least recently used are deleted
 * first, and none that is in use. The limit holds across all processes that work in the folder.
 */
export class DatasetCache {
  readonly directory: string;
  readonly #limit: number | undefined;

  /**
   * @param directory of prepared datasets
   * @param limit bytes; the whole disk except 2 GB if absent
   */
  constructor(directory: string, limit: number | undefined) {
    this.directory = directory;
    this.#limit = limit;
  }

  /** Protects the dataset with a digest from eviction, even if it is not on this machine yet, until the returned function is called. */
  hold(digest: string): Promise<() => Promise<void>> {
    // This must not happen while another process decides what to evict.
    return this.#deciding(() => markInUse(this.#uses(digest)));
  }

  /** Protects images from eviction while they are prepared, when no view refers to them yet. */
  async whilePreparing<Result>(prepare: () => Promise<Result>): Promise<Result> {
    const release = await this.hold(preparation);
    try {
      return await prepare();
    } finally {
      await release();
    }
  }

  /** Notes that a dataset has just been used. */
  async touch(images: string): Promise<void> {
    const now = new Date();
    await orGone(utimes(join(images, manifestFile), now, now));
  }

  /** Removes the least recently used datasets until the limit is met. */
  async trim(): Promise<void> {
    await this.#deciding(() => this.#makeRoom(0));
  }

  /**
   * Makes room for images, and reserves it.
   * @param images their folder, which the caller has locked
   * @param write writes their manifest, from which on they count
   * @throws UnreadableDatasetError if there is no room even after everything unused is deleted
   */
  async reserve(images: string, bytes: number, label: string, write: () => Promise<void>): Promise<void> {
    await this.#deciding(async () => {
      const room = await this.#makeRoom(bytes, images);
      if (room < bytes)
        throw new UnreadableDatasetError(
          `${label} takes ${inGigabytes(bytes)}, and there is room for ${inGigabytes(Math.max(0, room))} beside the prepared datasets in use: raise --data-cache, or free disk space`,
        );
      await write();
    });
  }

  /** @returns bytes of room after evicting; negative if the kept datasets exceed the limit */
  async #makeRoom(bytes: number, own?: string): Promise<number> {
    const kept = (await keptImages(this.directory)).filter(({ directory }) => directory !== own);
    const limit = this.#limit ?? (await this.#diskLimit());
    // Nothing is evicted for a dataset that exceeds the limit by itself.
    if (limit < bytes) return limit;
    let room = limit - kept.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const images of kept.sort((a, b) => a.usedAt - b.usedAt)) {
      if (room >= bytes) break;
      if (await this.#evict(images)) room += images.bytes;
    }
    return room;
  }

  /** Removes images and the views on them; returns false, and does nothing, if they are in use. */
  async #evict({ directory, views }: KeptImages): Promise<boolean> {
    const held = await takeLock(folderWhenWhole(directory), { patience: 0 });
    if (held === undefined) return false;
    try {
      const users = views.length > 0 ? views.map(({ digest }) => digest) : [preparation];
      for (const user of users) if (await isInUse(this.#uses(user))) return false;
      for (const view of views) await rm(view.directory, { recursive: true });
      await rm(directory, { recursive: true });
      return true;
    } finally {
      await held.release();
    }
  }

  /** Bytes that prepared datasets may take if only the disk limits them. */
  async #diskLimit(): Promise<number> {
    await makeFolder(this.directory);
    const { bsize, bavail } = await statfs(this.directory);
    return (await folderBytes(this.directory)) + bsize * bavail - leftFree;
  }

  #deciding<Result>(work: () => Promise<Result>): Promise<Result> {
    return withLock(join(this.directory, 'cache'), {}, work);
  }

  #uses(what: string): string {
    return join(this.directory, 'uses', what);
  }
}

const inGigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`;
