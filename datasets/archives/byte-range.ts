import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { DatasetError } from '../dataset-error.ts';

/** A stretch of a file: all of it, or an archive's member that is stored as it is. */
export interface ByteRange {
  path: string;
  offset: number;
  size: number;
}

/**
 * Bytes of a file.
 * @throws DatasetError where it ends before; what the file system throws where it is not there
 */
export async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    return await fill(file, path, Buffer.allocUnsafe(length), offset);
  } finally {
    await file.close();
  }
}

/** The bytes of a range as a stream. */
export function streamBytes({ path, offset, size }: ByteRange): Readable {
  if (size === 0) return Readable.from([]);
  return createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: 2 ** 20 });
}

async function fill(file: FileHandle, path: string, buffer: Buffer, offset: number): Promise<Buffer> {
  for (let filled = 0; filled < buffer.length;) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
    if (bytesRead === 0)
      throw new DatasetError(`${path} ends at byte ${offset + filled}, within what must be there: download it again`);
    filled += bytesRead;
  }
  return buffer;
}

/** Reads small pieces of a range that mostly follow each other, such as the headers of an archive, with few system calls. */
export class WindowedReader {
  readonly range: ByteRange;
  readonly #windowBytes: number;
  #file: FileHandle | undefined;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(range: ByteRange, windowBytes: number) {
    this.range = range;
    this.#windowBytes = windowBytes;
  }

  /** Bytes [position, position + length) of the range; the buffer is valid until the next call. Throws as `readBytes`. */
  async read(position: number, length: number): Promise<Buffer> {
    const end = this.#start + this.#window.length;
    if (position < this.#start || position + length > end) {
      const { path, offset, size } = this.range;
      if (position + length > size) throw new DatasetError(`${path} is cut off: download it again`);
      this.#file ??= await open(path);
      const bytes = Math.min(Math.max(length, this.#windowBytes), size - position);
      this.#window = await fill(this.#file, path, Buffer.allocUnsafe(bytes), offset + position);
      this.#start = position;
    }
    return this.#window.subarray(position - this.#start, position - this.#start + length);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
