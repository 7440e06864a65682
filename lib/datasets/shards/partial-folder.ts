import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { partialMark } from '../../core/files/atomic-write.ts';
import { makeFolder } from '../../core/files/make-folder.ts';

/**
 * The folder in which a folder of images is written until it is complete, with what an interrupted call has left in it.
 *
 * It has a new name for each call. A process that has lost its lock, and does not know it yet, finds its own folder gone: it cannot
 * complete it, nor change the files of its successor, which are opened anew (`ShardWriter`).
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

/** The path that a folder of images has, or will have when it is complete. */
export const folderWhenWhole = (directory: string): string => directory.replace(/([.][0-9a-f-]{36})?[.]partial$/, '');
