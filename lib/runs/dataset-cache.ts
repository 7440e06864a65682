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

/** A worker that cannot read the dataset of a run; another one may. */
export class UnreadableDatasetError extends UnsuitableWorkerError {}

/** Bytes of the disk that are left free where no limit is given: what a few trainings leave at their ends. */
const leftFree = 2e9;

/** What is noted as in use while a dataset is being prepared, whose images have no view yet. */
const preparation = 'preparation';

/**
 * Keeps the prepared datasets of a machine within a limit, whether they were prepared here or fetched: those that were used least recently
 * go first, and none that is in use goes. All processes that work in the folder take part.
 */
export class DatasetCache {
  readonly directory: string;
  readonly #limit: number | undefined;

  /**
   * @param directory of prepared datasets
   * @param limit bytes; all of the disk but 2 GB where absent
   */
  constructor(directory: string, limit: number | undefined) {
    this.directory = directory;
    this.#limit = limit;
  }

  /** Keeps the dataset of a digest on this machine, where it is or comes to be, until what is returned is called. */
  hold(digest: string): Promise<() => Promise<void>> {
    // Not while somebody decides what may go.
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

  /** Notes that a dataset has been used now. */
  async touch(images: string): Promise<void> {
    const now = new Date();
    await orGone(utimes(join(images, manifestFile), now, now));
  }

  /** Removes what was used least recently, as far as the limit asks for it. */
  async trim(): Promise<void> {
    await this.#deciding(() => this.#makeRoom(0));
  }

  /**
   * Makes room for images, and reserves it.
   * @param images their folder, which the caller has locked
   * @param write writes their manifest, by which they count
   * @throws UnreadableDatasetError where there is none, even without all that nobody uses
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

  /** @returns how much room there then is: bytes, negative where there is more than there may be */
  async #makeRoom(bytes: number, own?: string): Promise<number> {
    const kept = (await keptImages(this.directory)).filter(({ directory }) => directory !== own);
    const limit = this.#limit ?? (await this.#diskLimit());
    // For what is larger than all that there may be, nothing need go.
    if (limit < bytes) return limit;
    let room = limit - kept.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const images of kept.sort((a, b) => a.usedAt - b.usedAt)) {
      if (room >= bytes) break;
      if (await this.#evict(images)) room += images.bytes;
    }
    return room;
  }

  /** Removes images and the views on them; returns false, and does nothing, where somebody uses them. */
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

  /** Bytes that prepared datasets may take where the disk alone limits them. */
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
