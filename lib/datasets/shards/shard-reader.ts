import { closeSync, openSync, read } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { ImagesManifest } from './images-manifest.ts';

/** Consecutive images in one shard, which one read operation covers. */
interface Run {
  shard: number;
  /** Byte in the shard. */
  start: number;
  bytes: number;
}

const spareBytes = 16;

/** Maximum number of runs read at the same time: each may need an open file. */
const mostRuns = 512;

/** Reads pixels from shards. Images are identified by their positions. */
export class ShardReader {
  readonly #directory: string;
  readonly #shards: ImagesManifest['shards'];
  readonly #starts: (position: number) => number;
  /** Byte at which each shard begins if all shards are concatenated, and the end of the last one. */
  readonly #shardStarts: number[];

  /** @param starts byte at which an image begins if all shards are concatenated; also for the position after the last image */
  constructor(directory: string, shards: ImagesManifest['shards'], starts: (position: number) => number) {
    this.#directory = directory;
    this.#shards = shards;
    this.#starts = starts;
    this.#shardStarts = [0];
    for (const { bytes } of shards) this.#shardStarts.push(this.#shardStarts.at(-1)! + bytes);
  }

  bytesOf(position: number): number {
    return this.#starts(position + 1) - this.#starts(position);
  }

  /** Returns the path of the shard that holds an image. */
  fileOf(position: number): string {
    return this.#path(this.#shardOf(this.#starts(position)));
  }

  /**
   * Reads the pixels of images, one after another. For few images, such as a batch, all reads are started before this returns, and continue
   * in the background even if this thread is blocked.
   * @throws DatasetError naming shard and byte if a file is missing or ends too early
   */
  read(positions: Uint32Array): Promise<Uint8Array> {
    const bytes = positions.reduce((sum, position) => sum + this.bytesOf(position), 0);
    // With spare bytes at the end, so that whole words and pixels can be read from it without a copy.
    const pixels = new Uint8Array(bytes + spareBytes).subarray(0, bytes);
    const runs = this.#runs(positions);
    const reading = this.#readRuns(runs.slice(0, mostRuns), pixels);
    return runs.length <= mostRuns ? reading.then(() => pixels) : this.#readRest(reading, runs.slice(mostRuns), pixels);
  }

  async #readRest(begun: Promise<number>, runs: readonly Run[], pixels: Uint8Array): Promise<Uint8Array> {
    let offset = await begun;
    for (let first = 0; first < runs.length; first += mostRuns)
      offset += await this.#readRuns(runs.slice(first, first + mostRuns), pixels.subarray(offset));
    return pixels;
  }

  /** Reads runs to the beginning of `target`; returns their number of bytes. */
  #readRuns(runs: readonly Run[], target: Uint8Array): Promise<number> {
    const files = new Map<number, number>();
    const reads: Promise<void>[] = [];
    let offset = 0;
    let failure: unknown;
    try {
      for (const run of runs) {
        const file = files.get(run.shard) ?? this.#openShard(run.shard);
        files.set(run.shard, file);
        reads.push(this.#readRun(file, run, target.subarray(offset, (offset += run.bytes))));
      }
    } catch (error) {
      failure = error;
    }
    // Files are closed when all their reads have ended, even if one has failed.
    return Promise.allSettled(reads).then((results) => {
      for (const file of files.values()) closeSync(file);
      failure ??= results.find((result) => result.status === 'rejected')?.reason;
      if (failure !== undefined) throw failure as Error;
      return offset;
    });
  }

  async #readRun(file: number, { shard, start, bytes }: Run, target: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes;) {
      const bytesRead = await readAt(file, target, done, start + done);
      if (bytesRead === 0)
        throw new DatasetError(`${this.#path(shard)}, byte ${start + done}: the file ends in the middle of an image`);
      done += bytesRead;
    }
  }

  #openShard(shard: number): number {
    try {
      return openSync(this.#path(shard), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new DatasetError(`${this.#path(shard)} must exist: prepare the dataset again`);
    }
  }

  #path(shard: number): string {
    return join(this.#directory, this.#shards[shard]!.file);
  }

  #runs(positions: Uint32Array): Run[] {
    const runs: Run[] = [];
    let end = -1;
    for (const position of positions) {
      const start = this.#starts(position);
      const bytes = this.#starts(position + 1) - start;
      const last = runs.at(-1);
      if (last !== undefined && start === end && end < this.#shardStarts[last.shard + 1]!) last.bytes += bytes;
      else {
        const shard = this.#shardOf(start);
        runs.push({ shard, start: start - this.#shardStarts[shard]!, bytes });
      }
      end = start + bytes;
    }
    return runs;
  }

  /** Returns the shard that holds a byte. */
  #shardOf(byte: number): number {
    let [low, high] = [0, this.#shardStarts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#shardStarts[middle]! <= byte) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Reads as much as is available at once into `target` from `offset` on; returns the number of bytes read. */
function readAt(file: number, target: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, target, offset, target.length - offset, position, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead),
    );
  });
}
