import { DatasetError } from '../dataset-error.ts';
import type { LeftOut } from '../source.ts';
import type { ByteRange } from './byte-range.ts';
import { isNoise, safePath } from './member-path.ts';

/**
 * How a container stores the bytes of files: `plain`, unchanged, in a file or a byte range of one; `zip`, as members of a zip
 * archive, whose offsets are those of local headers; `stream`, as members of a compressed tar, which can only be read from its
 * beginning and whose offsets count its files.
 */
export type Storage = 'plain' | 'zip' | 'stream';

/** A container of files: a folder, or an archive in a file or in a byte range of one. */
export type Container = { storage: 'plain'; folder: string } | ({ storage: Storage } & ByteRange);

/** The location of a file. */
export interface FileLocation {
  /** Position in the list's `containers`. */
  container: number;
  offset: number;
  /** Bytes as stored. */
  bytes: number;
  /** Bytes as read, if that differs from the bytes as stored. */
  size?: number;
  /** CRC-32 of the bytes as read, if the archive gives it. */
  crc32?: number;
  /** Whether the bytes as read are also compressed by gzip; `size` is then their compressed size. */
  isGzipped?: boolean;
  /** For a file in a folder, its full path on disk if its spelling differs from the path in the list. */
  original?: string | Buffer;
}

const mostFiles = 10_000_000;
const mostContainers = 100_000;
const mostFolders = 100_000;
const mostProblems = 20;

/** The reason why members whose names `safePath` refuses are left out. */
export const unsafeNames = 'unsafe names: absolute, leading out of the folder, or with control characters';

/**
 * The files of a dataset, in columns: about 150 bytes each, so that a million of them stay small. Unsafe names and members that
 * are not files (links, devices) are left out and counted; files left behind by file managers and the like are ignored.
 */
export class FileList {
  readonly paths: string[] = [];
  readonly containers: Container[] = [];
  readonly #container: number[] = [];
  readonly #offset: number[] = [];
  readonly #bytes: number[] = [];
  readonly #size: number[] = [];
  readonly #crc32: number[] = [];
  readonly #gzipped = new Set<number>();
  readonly #originals = new Map<number, string | Buffer>();
  readonly #folders = new Set<string>();
  readonly brokenLinks: string[] = [];
  readonly #leftOut = new Map<string, number>();
  readonly #problems: string[] = [];
  #furtherProblems = 0;

  get length(): number {
    return this.paths.length;
  }

  /** Unreadable files that may contain missing data, in words. */
  get problems(): string[] {
    return this.#furtherProblems === 0 ? this.#problems : [...this.#problems, `and ${this.#furtherProblems} more`];
  }

  addProblem(problem: string): void {
    if (this.#problems.length < mostProblems) this.#problems.push(problem);
    else this.#furtherProblems++;
  }

  addContainer(container: Container): number {
    if (this.containers.length === mostContainers)
      throw new DatasetError(`a dataset must have at most ${mostContainers.toLocaleString('en-US')} archives`);
    return this.containers.push(container) - 1;
  }

  /**
   * The path at which a member of a given name would be listed below a folder; undefined if it must not be listed.
   * @param folder path below the dataset, empty for the dataset itself
   */
  admit(folder: string, name: string): string | undefined {
    const path = safePath(name);
    if (path === undefined) this.leaveOut(unsafeNames);
    if (path === undefined || isNoise(path)) return undefined;
    return folder === '' ? path : `${folder}/${path}`;
  }

  add(
    path: string,
    { container, offset, bytes, size = bytes, crc32 = -1, isGzipped = false, original }: FileLocation,
  ): void {
    if (this.length === mostFiles)
      throw new DatasetError(
        `a dataset must have at most ${mostFiles.toLocaleString('en-US')} files, but ${path} is one more`,
      );
    if (isGzipped) this.#gzipped.add(this.length);
    if (original !== undefined) this.#originals.set(this.length, original);
    this.paths.push(path);
    this.#container.push(container);
    this.#offset.push(offset);
    this.#bytes.push(bytes);
    this.#size.push(size);
    this.#crc32.push(crc32);
  }

  leaveOut(reason: string, files = 1): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + files);
  }

  get leftOut(): LeftOut[] {
    return Array.from(this.#leftOut, ([reason, images]) => ({ reason, images }));
  }

  /** Notes a folder, or an archive listed as a folder, in case nothing in it is listed. */
  addFolder(path: string): void {
    if (this.#folders.size < mostFolders) this.#folders.add(path);
  }

  addBrokenLink(path: string): void {
    this.brokenLinks.push(path);
  }

  /** Returns the noted folders that have no listed file in or below them. */
  emptyFolders(): string[] {
    if (this.#folders.size === 0) return [];
    const empty = new Set(this.#folders);
    for (const path of this.paths)
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
        empty.delete(path.slice(0, end));
    return [...empty].sort();
  }

  /** Returns the full path on disk of a file in a folder, if its spelling differs from the list's. */
  original(row: number): string | Buffer | undefined {
    return this.#originals.get(row);
  }

  location(row: number): Required<Omit<FileLocation, 'original'>> {
    return {
      container: this.#container[row]!,
      offset: this.#offset[row]!,
      bytes: this.#bytes[row]!,
      size: this.#size[row]!,
      crc32: this.#crc32[row]!,
      isGzipped: this.#gzipped.has(row),
    };
  }

  /** Bytes of a file as read, before any further gzip decompression. */
  size(row: number): number {
    return this.#size[row]!;
  }

  /** The container of a file. */
  containerOf(row: number): Container {
    return this.containers[this.#container[row]!]!;
  }
}
