import { randomUUID } from 'node:crypto';
import { copyFile, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Ends the names of files that are being written; no finished file is called so. */
export const partialMark = '.partial';

export interface WriteOptions {
  /** Only create the file: where there is one of the name already, it stays, and nothing is written. */
  createOnly?: boolean;
}

/**
 * Writes a file whole or not at all: beside its place under a temporary name, flushed, then renamed. Its folder is made.
 * @returns whether it was written: false only with `createOnly`
 */
export function writeFileAtomically(
  path: string,
  content: Uint8Array | string | readonly Uint8Array[],
  options?: WriteOptions,
): Promise<boolean> {
  return publish(path, options, async (partial) => {
    const file = await open(partial, 'wx');
    try {
      for (const part of Array.isArray(content) ? (content as readonly Uint8Array[]) : [content as Uint8Array])
        await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Copies a file in the same way. */
export function copyFileAtomically(from: string, to: string, options?: WriteOptions): Promise<boolean> {
  return publish(to, options, async (partial) => {
    await copyFile(from, partial);
    const file = await open(partial, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

async function publish(
  path: string,
  { createOnly = false }: WriteOptions = {},
  write: (partial: string) => Promise<void>,
): Promise<boolean> {
  const partial = `${path}.${randomUUID()}${partialMark}`;
  await makeFolder(dirname(path));
  try {
    await write(partial);
    if (!createOnly) await rename(partial, path);
    // Unlike a rename, a link fails where the name is taken, on network file systems too.
    else await link(partial, path);
    return true;
  } catch (error) {
    if (createOnly && (error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}
