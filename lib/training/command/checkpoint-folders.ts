import { existsSync } from 'node:fs';
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../../core/files/make-folder.ts';
import { packFolder, unpackFolder } from '../../core/files/packed-folder.ts';
import { curveFile, runFolderOf } from './run-folder.ts';

/** Number of checkpoints kept for a run. */
const kept = 2;

const form = /^[A-Za-z0-9][\w.-]{0,99}$/;
const unfinished = '.tmp';

/** Orders checkpoints by their names, with digits compared as numbers: `epoch-9` is before `epoch-10`. */
export const byName = new Intl.Collator('en', { numeric: true }).compare;

const folderOf = (work: string) => join(runFolderOf(work), 'checkpoints');

/** Lists the names of a run's complete checkpoints, oldest first. */
export async function checkpointNames(work: string): Promise<string[]> {
  try {
    return (await readdir(folderOf(work), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && form.test(entry.name) && !entry.name.endsWith(unfinished))
      .map(({ name }) => name)
      .sort(byName);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export const checkpointPath = (work: string, name: string): string => join(folderOf(work), name);

/** Removes all checkpoints but the newest two. */
export async function removeOldCheckpoints(work: string): Promise<void> {
  for (const name of (await checkpointNames(work)).slice(0, -kept)) {
    const folder = checkpointPath(work, name);
    // Renamed first, so that a partly deleted folder is never taken for a complete checkpoint.
    await rename(folder, folder + unfinished);
    await rm(folder + unfinished, { recursive: true, force: true });
  }
}

/** Makes the folder of checkpoints, and removes checkpoints that an interrupted trainer left unfinished. */
export async function tidyCheckpoints(work: string): Promise<void> {
  const folder = folderOf(work);
  await makeFolder(folder);
  for (const name of await readdir(folder))
    if (name.endsWith(unfinished)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Name of the checkpoint's folder in its archive, beside the curve up to that point. */
const stateName = 'checkpoint';
const archived = '.tar';

/** Returns the name of the file that a checkpoint is packed into. */
export const packedName = (name: string): string => name + archived;

/** Whether a file has the name of a packed checkpoint. */
export const isPacked = (file: string): boolean =>
  file.endsWith(archived) && form.test(file.slice(0, -archived.length));

/**
 * Packs a checkpoint, and the curve of its run if there is one, into one file in the folder of the run.
 * @returns its path; the caller removes it
 */
export async function packCheckpoint(path: string): Promise<string> {
  const work = join(path, '..', '..', '..');
  const packed = join(work, packedName(basename(path)));
  const curve = join(work, curveFile);
  await packFolder(packed, { [stateName]: path, ...(existsSync(curve) && { [curveFile]: curve }) });
  return packed;
}

/** Restores a packed checkpoint and the curve of its run, which replaces any earlier curve on this machine. */
export async function unpackCheckpoint(work: string, packed: string): Promise<void> {
  const target = checkpointPath(work, basename(packed, archived));
  const partial = `${target}.fetched${unfinished}`;
  await makeFolder(folderOf(work));
  await rm(partial, { recursive: true, force: true });
  try {
    await unpackFolder(packed, partial);
    const curve = join(partial, curveFile);
    if (existsSync(curve)) await copyFile(curve, join(work, curveFile));
    else await rm(join(work, curveFile), { force: true });
    await rename(join(partial, stateName), target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
