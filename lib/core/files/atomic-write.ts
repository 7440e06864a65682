import { randomUUID } from 'node:crypto';
import { copyFile, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Suffix of files that are being written; no finished file has it. */
export const partialMark = '.partial';

export interface WriteOptions {
  /** Only create the file: if there already is one with this name, it is kept and nothing is written. */
  createOnly?: boolean;
  /** Makes the folder of the file if it is missing, with its parents; `makeFolder` by default. */
  makeMissing?: (folder: string) => Promise<void>;
}

/**
 * Writes a file completely or not at all: under a temporary name in the same folder, flushed, then renamed. Creates the folder.
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
  { createOnly = false, makeMissing = makeFolder }: WriteOptions = {},
  write: (partial: string) => Promise<void>,
): Promise<boolean> {
  const partial = `${path}.${randomUUID()}${partialMark}`;
  try {
    // The folder nearly always exists: it is only made after a write has failed.
    await write(partial).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await makeMissing(dirname(path));
      await write(partial);
    });
    if (!createOnly) await rename(partial, path);
    // Unlike a rename, a link fails if the name is taken, even on network file systems.
    else await link(partial, path);
    return true;
  } catch (error) {
    if (createOnly && (error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}
