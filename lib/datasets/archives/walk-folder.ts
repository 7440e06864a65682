import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { isNoise, nameOf, safePath } from './member-path.ts';

/** The files of a folder and its subfolders, in path order within each folder. */
export interface FolderFiles {
  root: string;
  /** `/`-separated, below the root; without noise and unsafe names. */
  paths: string[];
  sizes: number[];
  /** Number of names that were left out because they are unsafe. */
  unsafe: number;
  /** The full paths of files whose names on disk differ from `paths`: bytes that are not UTF-8, or decomposed accents. */
  originals: ReadonlyMap<string, string | Buffer>;
  /** Folders with no file in or below them. */
  emptyFolders: string[];
  /** Links to missing files. */
  brokenLinks: string[];
  /** SHA-256 over paths, sizes and modification times. */
  version: string;
}

/** The largest number of paths that may lead to one folder through links: links among a few folders can form billions. */
const mostPaths = 16;

/** Number of files examined at the same time. */
const atATime = 64;

/** An entry of a folder: its name as text, and as on disk. */
interface Entry {
  name: string;
  original: string | Buffer;
}

/**
 * Lists a folder. Links are followed, except links to an enclosing folder.
 * @throws DatasetError naming a folder that may not be read, or to which too many paths lead
 */
export async function walkFolder(root: string, signal?: AbortSignal): Promise<FolderFiles> {
  const hash = createHash('sha256');
  const originals = new Map<string, string | Buffer>();
  const found = { root, paths: [], sizes: [], unsafe: 0, originals, emptyFolders: [], brokenLinks: [] } as Omit<
    FolderFiles,
    'version'
  >;
  const visits = new Map<string, number>();
  const identity = ({ dev, ino }: Stats) => `${dev}:${ino}`;

  /** @param folder its path below the root, as text; `original` is its full path on disk */
  const walk = async (folder: string, original: string | Buffer, around: readonly string[]): Promise<void> => {
    signal?.throwIfAborted();
    const paths = (visits.get(around.at(-1)!) ?? 0) + 1;
    if (paths > mostPaths)
      throw new DatasetError(`${join(root, folder)} is one of more than ${mostPaths} paths to a folder: remove links`);
    visits.set(around.at(-1)!, paths);
    const before = found.paths.length + found.brokenLinks.length;
    const entries = await entriesOf(original);
    for (let first = 0; first < entries.length; first += atATime) {
      const looks = await Promise.all(
        entries.slice(first, first + atATime).map(async (entry) => {
          const safe = safePath(entry.name);
          if (safe === undefined) found.unsafe++;
          if (safe === undefined || isNoise(safe)) return undefined;
          const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
          const onDisk = joined(original, entry.original);
          return { path, onDisk, stats: await statIfThere(onDisk) };
        }),
      );
      for (const look of looks) {
        if (look === undefined) continue;
        const { path, onDisk, stats } = look;
        if (stats === undefined) found.brokenLinks.push(path);
        else if (stats.isDirectory() && !around.includes(identity(stats)))
          await walk(path, onDisk, [...around, identity(stats)]);
        if (stats?.isFile() !== true) continue;
        found.paths.push(path);
        found.sizes.push(stats.size);
        if (onDisk !== join(root, path)) originals.set(path, onDisk);
        hash.update(JSON.stringify([path, stats.size, stats.mtimeMs]));
      }
    }
    if (folder !== '' && found.paths.length + found.brokenLinks.length === before) found.emptyFolders.push(folder);
  };
  await walk('', root, [identity(await stat(root))]);
  return { ...found, version: hash.digest('hex') };
}

const joined = (folder: string | Buffer, name: string | Buffer): string | Buffer =>
  typeof folder === 'string' && typeof name === 'string'
    ? join(folder, name)
    : Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name)]);

/**
 * Returns the entries of a folder in the order of their names.
 * @throws DatasetError if this user may not read the folder
 */
async function entriesOf(folder: string | Buffer): Promise<Entry[]> {
  try {
    const names = await readdir(folder);
    // Node substitutes this character for bytes that are not UTF-8.
    const entries = names.some((name) => name.includes('\uFFFD'))
      ? (await readdir(folder, { encoding: 'buffer' })).map(entryOf)
      : names.map((name) => ({ name: name.normalize('NFC'), original: name }));
    return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      throw new DatasetError(`${String(folder)} may not be read by this user (${code})`);
    throw error;
  }
}

const entryOf = (bytes: Buffer): Entry => ({
  name: nameOf(bytes),
  original: isUtf8(bytes) ? bytes.toString('utf8') : bytes,
});

/** Lists the folder of a file as if it contained only this file. */
export async function loneFile(path: string): Promise<FolderFiles> {
  const { size, mtimeMs } = await stat(path);
  const name = basename(path);
  const version = createHash('sha256')
    .update(JSON.stringify([name, size, mtimeMs]))
    .digest('hex');
  const none = { unsafe: 0, originals: new Map<string, string>(), emptyFolders: [], brokenLinks: [] };
  return { root: dirname(path), paths: [name], sizes: [size], ...none, version };
}

/** Returns undefined for a broken link, and for a file that was removed in the meantime. */
async function statIfThere(path: string | Buffer): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP') return undefined;
    throw error;
  }
}
