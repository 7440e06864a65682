import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and its missing parents; an existing folder stays as it is.
 *
 * Node's own `mkdir` with `recursive` never ends and keeps a core busy if the parent exists but the file system refuses a new folder in it
 * with ENOENT, as `/proc` does (`MKDirpAsync` in src/node_file.cc; Node 20.19 to 24.22, fixed in 26).
 * @param existing a folder above it that must exist: it is not made
 * @throws Error with the system's code if the folder cannot be made
 */
export async function makeFolder(path: string, existing?: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path || parent === existing) throw error;
    await makeFolder(parent, existing);
    await makeOne(path);
  }
}

/** Makes a folder in an existing one. */
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
