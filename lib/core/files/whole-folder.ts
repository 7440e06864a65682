import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { partialMark } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a folder completely or not at all, and replaces an existing one: `write` fills a temporary folder next to it, which is then
 * renamed. An existing folder stays until the new one is complete.
 */
export async function writeWholeFolder<Result>(
  folder: string,
  write: (partial: string) => Promise<Result>,
): Promise<Result> {
  const partial = temporaryName(folder);
  await makeFolder(partial);
  try {
    const result = await write(partial);
    // Another process may be replacing it, too.
    while (!(await isRenamed(partial, folder))) await removeWhole(folder);
    return result;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const temporaryName = (folder: string) => `${folder}.${randomUUID()}${partialMark}`;

/** Removes a folder, if it exists, in such a way that no other process finds only part of it. */
async function removeWhole(folder: string): Promise<void> {
  const removed = temporaryName(folder);
  try {
    await rename(folder, removed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(removed, { recursive: true });
}

/** Renames a folder; returns false if one with the new name exists. */
async function isRenamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
