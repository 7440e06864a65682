import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { partialMark } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a folder completely or not at all, and replaces an existing one: `write` fills a temporary folder next to it, which is then
 * renamed. If another process has just written the same folder, that one is kept.
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
