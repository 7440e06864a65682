import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from 'proper-lockfile';
import { keepLock, staleLock } from './lock.ts';

const ending = '.lock';

/**
 * Notes that something is in use; any number of processes may use it at a time. A killed process's note expires after `staleLock`.
 * @param folder holds the notes about this thing, and nothing else
 * @returns a function that removes the note
 */
export async function markInUse(folder: string): Promise<() => Promise<void>> {
  return (await keepLock(join(folder, randomUUID())))!;
}

/** Whether a thing is in use; expired notes are removed. */
export async function isInUse(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((name) => name.endsWith(ending))) {
    const note = join(folder, name);
    if (await check(note.slice(0, -ending.length), { realpath: false, stale: staleLock })) return true;
    await rm(note, { recursive: true, force: true });
  }
  return false;
}
