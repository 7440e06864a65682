import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { partialMark } from '../../core/files/atomic-write.ts';
import { makeFolder } from '../../core/files/make-folder.ts';

/**
 * Returns the folder in which images are written until they are complete, with the files that an interrupted call left in it.
 *
 * It has a new name for each call. A process that has lost its lock without knowing it finds its own folder gone: it can neither complete
 * it nor change the files of its successor, which are opened anew (`ShardWriter`).
 */
export async function takePartialFolder(directory: string): Promise<string> {
  const own = `${directory}.${randomUUID()}${partialMark}`;
  const parent = dirname(directory);
  const isLeft = (name: string) => name.startsWith(`${basename(directory)}.`) && name.endsWith(partialMark);
  const [left, ...others] = (await readdir(parent)).filter(isLeft).map((name) => join(parent, name));
  for (const other of others) await rm(other, { recursive: true, force: true });
  if (left === undefined) await makeFolder(own);
  else await rename(left, own);
  return own;
}

/** Returns the path that a folder of images has, or will have when it is complete. */
export const folderWhenWhole = (directory: string): string => directory.replace(/([.][0-9a-f-]{36})?[.]partial$/, '');
