import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { LeftOut } from '../source.ts';
import type { ByteRange } from './byte-range.ts';
import { FileList, unsafeNames } from './file-list.ts';
import { mountFile, type MountOptions } from './mount.ts';
import { readAhead } from './read-ahead.ts';
import { checkSize, gunzipped, readListedFile } from './read-file.ts';
import { streamGzippedTar } from './tar.ts';
import type { FolderFiles } from './walk-folder.ts';

/** Maximum bytes of one image file. */
export const largestImageFile = 128 * 2 ** 20;

/** Maximum bytes of one file of annotations or of many small images. */
export const largestDocument = 512 * 2 ** 20;

/** The content of a file, or the reason why it cannot be read. */
export type FileContent = { row: number; bytes: Buffer } | { row: number; reason: string };

/** Annotations in compressed tars: kept when the archive is listed, so that it need not be read again for each of them. */
const annotationEnding = /\.(txt|csv|tab|tsv|json|mat)$/i;
const mostKept = { bytesEach: 16 * 2 ** 20, bytes: 64 * 2 ** 20, files: 20_000 };

/** The files of a dataset's folder and of the archives in it, each with a row. Nothing is unpacked to disk. */
export class FileTree {
  readonly #list: FileList;
  readonly #kept: Map<number, Buffer>;

  private constructor(list: FileList, kept: Map<number, Buffer>) {
    this.#list = list;
    this.#kept = kept;
  }

  /**
   * Lists the files of a folder and the contents of its archives. Plain archives are listed by their headers, compressed tars are
   * read once.
   * @param wanted whether to open an archive with the given name; if absent, all archives are opened
   * @throws DatasetError naming an archive that is damaged
   */
  static async open(
    { root, paths, sizes, unsafe, originals, emptyFolders, brokenLinks }: FolderFiles,
    { wanted = () => true, signal }: Partial<Pick<MountOptions, 'wanted' | 'signal'>> = {},
  ): Promise<FileTree> {
    const list = new FileList();
    const kept = new Map<number, Buffer>();
    let keptBytes = 0;
    const keep = (path: string, size: number) => {
      const isKept =
        annotationEnding.test(path) &&
        size <= mostKept.bytesEach &&
        keptBytes + size <= mostKept.bytes &&
        kept.size < mostKept.files;
      if (isKept) keptBytes += size;
      return isKept;
    };
    const mounting = { list, kept, keep, wanted, signal };
    const container = list.addContainer({ storage: 'plain', folder: root });
    if (unsafe > 0) list.leaveOut(unsafeNames, unsafe);
    for (const folder of emptyFolders) list.addFolder(folder);
    for (const link of brokenLinks) list.addBrokenLink(link);
    for (const [index, path] of paths.entries()) {
      signal?.throwIfAborted();
      const size = sizes[index]!;
      const original = originals.get(path);
      const location = { container, offset: 0, bytes: size, ...(original !== undefined && { original }) };
      await mountFile(mounting, path, location, () => rangeOf(original ?? join(root, path), size));
    }
    return new FileTree(list, kept);
  }

  /** Paths below the dataset, by row. A path may occur twice if an archive lies beside the files unpacked from it. */
  get paths(): readonly string[] {
    return this.#list.paths;
  }

  /** Members of archives that were left out, and why. */
  get leftOut(): LeftOut[] {
    return this.#list.leftOut;
  }

  /** Unreadable files that may contain missing data, in words. */
  get problems(): readonly string[] {
    return this.#list.problems;
  }

  /** Links to files that are not there, by path: files managed by git-annex or DVC that were not fetched. */
  get brokenLinks(): readonly string[] {
    return this.#list.brokenLinks;
  }

  /** Returns the folders, including archives listed as folders, without a file in or below them. */
  emptyFolders(): string[] {
    return this.#list.emptyFolders();
  }

  /** Bytes of a file, before any further gzip decompression. */
  size(row: number): number {
    return this.#list.size(row);
  }

  /** Whether a file can only be read after the files that precede it in its archive. */
  isInStream(row: number): boolean {
    return this.#list.containerOf(row).storage === 'stream';
  }

  /**
   * Reads one whole file, such as a file of annotations.
   * @throws DatasetError naming the file if it cannot be read
   */
  async read(row: number): Promise<Buffer> {
    const kept = this.#kept.get(row);
    if (kept !== undefined) return this.#list.location(row).isGzipped ? gunzipped(kept, largestDocument) : kept;
    for await (const content of this.contents([row], { limit: largestDocument })) {
      if ('bytes' in content) return content.bytes;
      throw new DatasetError(`${this.paths[row]} cannot be read: ${content.reason}`);
    }
    throw new DatasetError(`${this.paths[row]} is no longer in its archive`);
  }

  /**
   * Contents of files, in the given order; files of a compressed tar must be given in the order of their rows.
   * @param limit maximum bytes of one file
   * @throws DatasetError if an archive is damaged as a whole; a single unreadable file is yielded with the reason instead
   */
  async *contents(
    rows: readonly number[],
    { limit = largestImageFile, signal }: { limit?: number; signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<FileContent> {
    for (let first = 0; first < rows.length;) {
      const container = this.#list.containerOf(rows[first]!);
      const { storage } = container;
      const isAlike = (row: number) => {
        const other = this.#list.containerOf(row);
        return storage === 'stream' ? other === container : other.storage !== 'stream';
      };
      let end = first + 1;
      while (end < rows.length && isAlike(rows[end]!)) end++;
      const run = rows.slice(first, end);
      yield* storage === 'stream' ? this.#streamed(run, limit, signal) : this.#readAtWill(run, limit, signal);
      first = end;
    }
  }

  async *#readAtWill(rows: readonly number[], limit: number, signal?: AbortSignal): AsyncGenerator<FileContent> {
    const bytes = (row: number) => Math.min(this.#list.size(row), limit);
    const ahead = readAhead(rows, bytes, (row) => asContent(row, readListedFile(this.#list, row, limit)));
    for await (const { result } of ahead) {
      signal?.throwIfAborted();
      yield result;
    }
  }

  async *#streamed(rows: readonly number[], limit: number, signal?: AbortSignal): AsyncGenerator<FileContent> {
    const archive = this.#list.containerOf(rows[0]!);
    if ('folder' in archive) throw new RangeError('a folder cannot be streamed');
    if (rows.some((row, i) => i > 0 && row <= rows[i - 1]!))
      throw new RangeError('files of a compressed tar must be read in their order');
    let next = 0;
    let ordinal = 0;
    for await (const { size, contents } of streamGzippedTar(archive)) {
      signal?.throwIfAborted();
      const row = rows[next]!;
      const { offset, isGzipped } = this.#list.location(row);
      if (offset === ordinal++) {
        const content = async () => {
          checkSize(size, limit);
          return isGzipped ? gunzipped(await contents(), limit) : contents();
        };
        yield await asContent(row, content());
        if (++next === rows.length) return;
      }
    }
    throw new DatasetError(`${archive.path} has changed since it was listed`);
  }
}

/** Returns a file as a byte range; undefined if its name cannot be written as text, which a range needs. */
const rangeOf = (path: string | Buffer, size: number): ByteRange | undefined =>
  typeof path === 'string' ? { path, offset: 0, size } : undefined;

/** Turns an error about one file into a reason; errors of the machine or the whole archive are thrown. */
async function asContent(row: number, bytes: Promise<Buffer>): Promise<FileContent> {
  try {
    return { row, bytes: await bytes };
  } catch (error) {
    if (error instanceof DatasetError) return { row, reason: error.message };
    throw error;
  }
}
