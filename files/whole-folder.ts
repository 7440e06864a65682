import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { partialMark } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a folder whole or not at all, in the place of what was there: `write` fills one beside it, which then gets the name. Where
 * another process has just written the same, its folder stays.
 */
export async function writeWholeFolder<Result>(
  folder: string,
  write: (partial: string) => Promise<Result>,
): Promise<Result> {
  const partial = `${folder}.${randomUUID()}${partialMark}`;
  await makeFolder(partial);
  try {
    const result = await write(partial);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    return result;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
