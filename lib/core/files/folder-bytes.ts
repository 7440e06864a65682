import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns the total size in bytes of the files in a folder and its subfolders. Files deleted meanwhile do not count. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await orGone(readdir(folder, { recursive: true, withFileTypes: true }));
  const sizes = (entries ?? [])
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => (await orGone(stat(join(parentPath, name))))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Returns the result of a look at a file or folder, or undefined if it does not exist. */
export async function orGone<Result>(looking: Promise<Result>): Promise<Result | undefined> {
  try {
    return await looking;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
