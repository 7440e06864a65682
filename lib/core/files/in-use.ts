import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from 'proper-lockfile';
import { acquireLock, staleLock } from './lock.ts';

const ending = '.lock';

/**
 * Notes that something is in use, by as many processes at a time as like. The note of one that was killed is void after a while.
 * @param folder of the notes on this thing, and nothing else
 * @returns what takes the note back
 */
export async function markInUse(folder: string): Promise<() => Promise<void>> {
  const release = await acquireLock(join(folder, randomUUID()));
  return release!;
}

/** Whether somebody uses a thing; void notes are removed. */
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
