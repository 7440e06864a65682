import { randomUUID } from 'node:crypto';
import { copyFile, link, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Suffix of files that are being written; no finished file has it. */
export const partialMark = '.partial';

export interface WriteOptions {
  /** Only create the file: if one with this name exists, it is kept and nothing is written. */
  createOnly?: boolean;
  /** Makes the folder of the file if it is missing, with its parents; `makeFolder` by default. */
  makeMissing?: (folder: string) => Promise<void>;
}

/** The content of a file: bytes, text, or parts that are written in order as they arrive. */
export type FileContent = Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file completely or not at all: it is written under a temporary name in the same folder, flushed, then renamed. Creates the
 * folder if it is missing.
 * @returns whether it was written: false only with `createOnly`
 * @throws the system's error with the path, or the error of the parts
 */
export const writeFileAtomically = (path: string, content: FileContent, options?: WriteOptions): Promise<boolean> =>
  publish(path, options, (file) => writeFile(file, content));

/** Copies a file completely or not at all, in the same way. */
export const copyFileAtomically = (from: string, to: string, options?: WriteOptions): Promise<boolean> =>
  publish(to, options, (_file, partial) => copyFile(from, partial));

async function publish(
  path: string,
  { createOnly = false, makeMissing = makeFolder }: WriteOptions = {},
  write: (file: FileHandle, partial: string) => Promise<void>,
): Promise<boolean> {
  const partial = `${path}.${randomUUID()}${partialMark}`;
  try {
    const file = await newFile(partial, makeMissing);
    try {
      await write(file, partial);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!createOnly) await rename(partial, path);
    // Unlike a rename, a link fails if the name is taken, even on network file systems.
    else await link(partial, path);
    return true;
  } catch (error) {
    if (createOnly && (error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw withPath(error, path);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Creates a file. Its folder nearly always exists, so it is made only after a failure. */
async function newFile(path: string, makeMissing: (folder: string) => Promise<void>): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeMissing(dirname(path));
    return await open(path, 'wx');
  }
}

/** Adds the path to an error's message: the system's errors about files that are already open (ENOSPC) lack it. */
function withPath(error: unknown, path: string): unknown {
  const { code, path: own, syscall } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || syscall === undefined || own !== undefined) return error;
  error.message += ` '${path}'`;
  return error;
}
