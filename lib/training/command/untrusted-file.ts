import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * Opens a file that a trainer wrote for reading. Anything but a regular file is refused: a link could lead out of the folder, and a pipe
 * would block its reader.
 * @returns undefined if there is no such file
 */
export async function openUntrusted(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      if (error.code === 'ELOOP' || error.code === 'ENXIO') throw new NotAFile(path);
      throw error;
    },
  );
  if (file === undefined || (await file.stat()).isFile()) return file;
  await file.close();
  throw new NotAFile(path);
}

/** Something other than a file has the name of one of the protocol's files. */
export class NotAFile extends Error {
  constructor(path: string) {
    super(`${path} must be a file, not a link, folder or pipe`);
  }
}

/**
 * Reads the beginning of a file that a trainer wrote.
 * @returns its first `limit` bytes, and its size; undefined if there is no such file
 */
export async function readUntrusted(path: string, limit: number): Promise<{ bytes: Buffer; size: number } | undefined> {
  const file = await openUntrusted(path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, limit)), 0, Math.min(size, limit), 0);
    return { bytes: buffer.subarray(0, bytesRead), size };
  } finally {
    await file.close();
  }
}
