import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { isNoise, safePath } from './member-path.ts';

/** The files of a folder and its subfolders, in path order within each folder. */
export interface FolderFiles {
  root: string;
  /** `/`-separated, below the root; without noise and unsafe names. */
  paths: string[];
  sizes: number[];
  /** Number of names that were left out because they are unsafe. */
  unsafe: number;
  /** SHA-256 over paths, sizes and modification times. */
  version: string;
}

/** Files that are examined at the same time. */
const atATime = 64;

/** Lists a folder. Links are followed, except links to an enclosing folder. */
export async function walkFolder(root: string, signal?: AbortSignal): Promise<FolderFiles> {
  const hash = createHash('sha256');
  const found: FolderFiles = { root, paths: [], sizes: [], unsafe: 0, version: '' };
  const identity = ({ dev, ino }: Stats) => `${dev}:${ino}`;

  const walk = async (folder: string, around: readonly string[]): Promise<void> => {
    signal?.throwIfAborted();
    const names = (await namesIn(join(root, folder))).sort();
    for (let first = 0; first < names.length; first += atATime) {
      const entries = await Promise.all(
        names.slice(first, first + atATime).map(async (name) => {
          const safe = safePath(name);
          if (safe === undefined) found.unsafe++;
          if (safe === undefined || isNoise(safe)) return undefined;
          const path = folder === '' ? name : `${folder}/${name}`;
          const stats = await statIfThere(join(root, path));
          return stats && { path, stats };
        }),
      );
      for (const entry of entries) {
        if (entry === undefined) continue;
        const { path, stats } = entry;
        if (stats.isDirectory() && !around.includes(identity(stats))) await walk(path, [...around, identity(stats)]);
        if (!stats.isFile()) continue;
        found.paths.push(path);
        found.sizes.push(stats.size);
        hash.update(JSON.stringify([path, stats.size, stats.mtimeMs]));
      }
    }
  };
  await walk('', [identity(await stat(root))]);
  return { ...found, version: hash.digest('hex') };
}

/** @throws DatasetError if this user may not read the folder */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      throw new DatasetError(`${folder} may not be read by this user (${code})`);
    throw error;
  }
}

/** The listing of a folder as if it contained only this file. */
export async function loneFile(path: string): Promise<FolderFiles> {
  const { size, mtimeMs } = await stat(path);
  const name = basename(path);
  const version = createHash('sha256')
    .update(JSON.stringify([name, size, mtimeMs]))
    .digest('hex');
  return { root: dirname(path), paths: [name], sizes: [size], unsafe: 0, version };
}

/** Undefined for a broken link, and for a file that was removed in the meantime. */
async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP') return undefined;
    throw error;
  }
}
