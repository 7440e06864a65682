import { DatasetError } from '../dataset-error.ts';
import { readBytes, type ByteRange } from './byte-range.ts';
import type { FileList, FileLocation } from './file-list.ts';
import { isTarHeader, tarBlockBytes } from './tar-header.ts';
import { listTar, streamGzippedTar, type OtherMembers } from './tar.ts';
import { listZip, rangeInZip, type ZipRefusal } from './zip.ts';

/** Archive formats that are read. */
const archiveEnding = /\.(zip|tar|tgz|tar\.gz)$/i;

/** Archive formats that are not. */
const foreignEnding = /\.(rar|7z|bz2|tbz2?|xz|txz|zst|lz4)$/i;

/** Endings that browsers and download managers give to unfinished downloads. */
const unfinishedEnding = /\.(part|crdownload|download|aria2|filepart)$/i;

/** Maximum nesting of archives that is followed. */
const deepest = 3;

export interface MountOptions {
  /** Whether an archive with the given name can contain wanted files: others are not opened. */
  wanted: (name: string) => boolean;
  /** Which members of compressed tars are kept in memory while listing, because they are small and needed first. */
  keep: (path: string, size: number) => boolean;
  signal?: AbortSignal | undefined;
}

/** A list under construction. */
export interface Mounting extends MountOptions {
  list: FileList;
  /** Contents of members of compressed tars, by row of the list. */
  kept: Map<number, Buffer>;
}

/**
 * Lists a file: as itself (without `.gz` if it is compressed by gzip) or, if it is an archive, the files in it, as if it
 * were unpacked to a folder with its name minus the extension.
 * @param path below the dataset
 * @param range the bytes of the file, needed to open it as an archive; undefined within compressed archives
 */
export async function mountFile(
  mounting: Mounting,
  path: string,
  location: FileLocation,
  range: () => ByteRange | Promise<ByteRange> | undefined,
  depth = 0,
): Promise<void> {
  const { list, wanted } = mounting;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (foreignEnding.test(name)) list.addProblem(`${path} is an archive in an unsupported format: unpack it there`);
  else if (unfinishedEnding.test(name)) list.addProblem(`${path} is an unfinished download`);
  else if (!archiveEnding.test(name))
    list.add(path.replace(/\.gz$/, ''), { ...location, isGzipped: name.endsWith('.gz') });
  else if (wanted(name)) {
    const archive = await range();
    if (archive === undefined || depth === deepest)
      list.addProblem(`${path} is inside another archive, where it cannot be read: unpack the outer one`);
    else await mountArchive(mounting, path.replace(archiveEnding, ''), archive, depth + 1);
  }
}

async function mountArchive(mounting: Mounting, folder: string, archive: ByteRange, depth: number): Promise<void> {
  const head = await readBytes(archive.path, archive.offset, Math.min(tarBlockBytes, archive.size));
  mounting.list.addFolder(folder);
  const format = archiveFormat(head);
  if (format === 'zip') await mountZip(mounting, folder, archive, depth);
  else if (format === 'gzip') await mountGzippedTar(mounting, folder, archive, depth);
  else if (format === 'tar') await mountTar(mounting, folder, archive, depth);
  else throw new DatasetError(`${archive.path} must be a zip, tar or tar.gz archive, ${format}: download it again`);
}

/** The format of an archive by its first bytes, not by its name; or, in words, what it is instead of an archive. */
function archiveFormat(head: Buffer): 'zip' | 'gzip' | 'tar' | `got ${string}` {
  const start = head.toString('latin1', 0, 4);
  // The signatures of a member, of an empty archive and of an archive in parts; two bytes are not enough, as the name of a tar's first
  // member may begin with PK.
  if (['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'].includes(start)) return 'zip';
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  if (isTarHeader(head)) return 'tar';
  // A self-extracting archive: a program with a zip archive at its end.
  if (start.startsWith('MZ') || start.startsWith('\x7fELF') || start.startsWith('#!')) return 'zip';
  if (head.length === 0) return 'got an empty file';
  if (/^\s*</.test(head.toString('latin1'))) return 'got a web page';
  return 'got something else';
}

const noFile = 'links, devices and other members that are not files';

/** Records the members of a tar that are not files. */
const othersOf = (list: FileList, folder: string): OtherMembers => ({
  onFolder: (name) => {
    const path = list.admit(folder, name);
    if (path !== undefined) list.addFolder(path);
  },
  onOther: () => list.leaveOut(noFile),
});

async function mountTar(mounting: Mounting, folder: string, archive: ByteRange, depth: number): Promise<void> {
  const { list, signal } = mounting;
  const container = list.addContainer({ ...archive, storage: 'plain' });
  for await (const { name, offset, size } of listTar(archive, othersOf(list, folder))) {
    signal?.throwIfAborted();
    const path = list.admit(folder, name);
    if (path === undefined) continue;
    const range = { path: archive.path, offset: archive.offset + offset, size };
    await mountFile(mounting, path, { container, offset, bytes: size }, () => range, depth);
  }
}

async function mountGzippedTar(mounting: Mounting, folder: string, archive: ByteRange, depth: number): Promise<void> {
  const { list, keep, kept, signal } = mounting;
  const container = list.addContainer({ ...archive, storage: 'stream' });
  let offset = 0;
  for await (const { name, size, contents } of streamGzippedTar(archive, othersOf(list, folder))) {
    signal?.throwIfAborted();
    const path = list.admit(folder, name);
    const row = list.length;
    if (path !== undefined) await mountFile(mounting, path, { container, offset, bytes: size }, () => undefined, depth);
    if (list.length > row && keep(list.paths[row]!, size)) kept.set(row, await contents());
    offset++;
  }
}

async function mountZip(mounting: Mounting, folder: string, archive: ByteRange, depth: number): Promise<void> {
  const { list, signal } = mounting;
  const container = list.addContainer({ ...archive, storage: 'zip' });
  const { onFolder } = othersOf(list, folder);
  const onRefused = (why: ZipRefusal, name: string) => {
    if (why === 'not a file') list.leaveOut(noFile);
    else if (list.admit(folder, name) !== undefined) list.leaveOut(`members of zip archives that are ${why}`);
  };
  for await (const { name, isPlain, ...member } of listZip(archive, { onFolder, onRefused })) {
    signal?.throwIfAborted();
    const path = list.admit(folder, name);
    if (path === undefined) continue;
    const range = () => (isPlain ? rangeInZip(archive, member) : undefined);
    await mountFile(mounting, path, { container, ...member }, range, depth);
  }
}
