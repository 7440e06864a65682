import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DatasetError } from '../dataset-error.ts';
import { readBytes } from './byte-range.ts';
import type { FileList } from './file-list.ts';
import { readZipFile } from './zip.ts';

/**
 * Reads a whole file of a list, except files of compressed tars.
 * @param limit maximum bytes of the file, also after any further gzip decompression
 * @throws DatasetError if the file is larger, damaged or missing
 */
export async function readListedFile(list: FileList, row: number, limit: number): Promise<Buffer> {
  const { offset, bytes, size, crc32, isGzipped } = list.location(row);
  checkSize(size, limit);
  const where = list.containerOf(row);
  let content: Buffer;
  if ('folder' in where)
    content = await readLooseFile(
      list.original(row) ?? join(where.folder, list.paths[row]! + (isGzipped ? '.gz' : '')),
    );
  else if (where.storage === 'zip') content = await readZipFile(where, { offset, bytes, size, crc32 });
  else content = await readBytes(where.path, where.offset + offset, bytes);
  return isGzipped ? gunzipped(content, limit) : content;
}

export function checkSize(size: number, limit: number): void {
  if (size > limit) throw new DatasetError(`it must have at most ${limit} bytes, got ${size}`);
}

/** @throws DatasetError if the bytes are not a complete gzip file, or decompress to more than `limit` bytes */
export async function gunzipped(content: Buffer, limit: number): Promise<Buffer> {
  try {
    return await promisify<Buffer, object, Buffer>(gunzip)(content, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new DatasetError(`it must have at most ${limit} bytes when decompressed`);
    throw new DatasetError(`it must be a whole gzip file (${(error as Error).message})`);
  }
}

async function readLooseFile(path: string | Buffer): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new DatasetError(`it cannot be read (${code})`);
    throw error;
  }
}
