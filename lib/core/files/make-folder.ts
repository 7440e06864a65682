import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing; one that is there already stays.
 *
 * Node's own `mkdir` with `recursive` never ends, and keeps a core busy, where a folder is there and the file system yet refuses
 * to make another one in it with ENOENT, as `/proc` does (`MKDirpAsync` in src/node_file.cc; seen with Node 20.20).
 * @throws Error with the system's code where it cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent);
    await makeOne(path);
  }
}

/** Makes a folder in one that is there. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const isThere = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isThere) throw error;
  }
}
