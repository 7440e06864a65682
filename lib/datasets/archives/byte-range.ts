import { createReadStream, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { DatasetError } from '../dataset-error.ts';

/** A byte range of a file: all of it, or a member that an archive stores uncompressed. */
export interface ByteRange {
  path: string;
  offset: number;
  size: number;
}

/** Reads bytes [offset, offset + length) of one file. */
export type ReadBytes = (offset: number, length: number) => Promise<Buffer>;

/**
 * Reads `length` bytes of a file from `offset` on.
 * @throws DatasetError if the file ends too early; the file system's error if it does not exist
 */
export const readBytes = (path: string, offset: number, length: number): Promise<Buffer> =>
  withFile(path, (read) => read(offset, length));

/** Opens a file once for several reads, which throw like `readBytes`. */
export async function withFile<Result>(path: string, work: (read: ReadBytes) => Promise<Result>): Promise<Result> {
  const file = await open(path);
  try {
    return await work(async (offset, length) => {
      const bytes = Buffer.allocUnsafe(length);
      for (let filled = 0; filled < length;) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0)
          throw new DatasetError(`${path} ends too early, at byte ${offset + filled}: download it again`);
        filled += bytesRead;
      }
      return bytes;
    });
  } finally {
    await file.close();
  }
}

/** Returns the bytes of a range as a stream. */
export function streamBytes({ path, offset, size }: ByteRange): Readable {
  if (size === 0) return Readable.from([]);
  return createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: 2 ** 20 });
}

/** Bytes read at once if they are likely to contain the next piece, too. */
const windowBytes = 2 ** 16;

/** Milliseconds of reading after which the event loop gets a turn. */
const turn = 20;

/**
 * Reads small pieces of a range in order, such as the headers of an archive: pieces that lie close together are read in one window, pieces
 * that lie far apart one by one. Reading is synchronous, because reading a few hundred bytes on another thread takes five times as long
 * (measured: 22 against 4 us), and there may be a million pieces; the event loop gets a turn in between.
 */
export class WindowedReader {
  readonly range: ByteRange;
  #file: FileHandle | undefined;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;
  #last = 0;
  #turnEnds = 0;

  constructor(range: ByteRange) {
    this.range = range;
  }

  /** Bytes [position, position + length) of the range; the buffer is valid until the next call. Throws like `readBytes`. */
  async read(position: number, length: number): Promise<Buffer> {
    const end = this.#start + this.#window.length;
    if (position < this.#start || position + length > end) await this.#move(position, length);
    this.#last = position + length;
    return this.#window.subarray(position - this.#start, position - this.#start + length);
  }

  async #move(position: number, length: number): Promise<void> {
    const { path, offset, size } = this.range;
    if (position + length > size) throw new DatasetError(`${path} is cut off: download it again`);
    this.#file ??= await open(path);
    const isNear = position - this.#last < windowBytes;
    const window = Buffer.allocUnsafe(Math.min(isNear ? Math.max(length, windowBytes) : length, size - position));
    for (let filled = 0; filled < window.length;) {
      const bytes = readSync(this.#file.fd, window, filled, window.length - filled, offset + position + filled);
      if (bytes === 0) throw new DatasetError(`${path} is cut off: download it again`);
      filled += bytes;
    }
    this.#window = window;
    this.#start = position;
    if (performance.now() < this.#turnEnds) return;
    await setImmediate();
    this.#turnEnds = performance.now() + turn;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
