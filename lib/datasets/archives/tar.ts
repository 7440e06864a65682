import { createGunzip } from 'node:zlib';
import { DatasetError } from '../dataset-error.ts';
import { streamBytes, WindowedReader, type ByteRange } from './byte-range.ts';
import { nameOf } from './member-path.ts';
import { parsePaxRecords, parseTarHeader, tarBlockBytes, type TarHeader } from './tar-header.ts';

/** A member of a tar archive that is a file. */
export interface TarFile {
  name: string;
  /** Byte at which its contents begin in the (decompressed) archive. */
  offset: number;
  size: number;
  /** Reads its contents; valid only until the next member is requested. */
  contents: () => Promise<Buffer>;
}

/** The source that members are read from. */
interface TarInput {
  readonly position: number;
  /** The next bytes; throws a `DatasetError` if there are fewer. */
  read(length: number): Promise<Buffer>;
  /** Moves forward to a position. */
  skipTo(position: number): Promise<void>;
  close(): Promise<void>;
}

/** Maximum bytes of a long name or of pax records. */
const longestRecords = 2 ** 20;

/** Called for the members of an archive that are not files. */
export interface OtherMembers {
  onFolder?: ((name: string) => void) | undefined;
  /** For links, devices and pipes. */
  onOther?: () => void;
}

/**
 * Yields the files of a plain tar archive in order. Only the headers are read, so even the largest archive takes only seconds.
 * @throws DatasetError if the archive is damaged or truncated
 */
export function listTar(range: ByteRange, others: OtherMembers = {}): AsyncGenerator<TarFile> {
  return tarFiles(new RangeInput(range), range.path, others);
}

/** The same for a tar archive compressed by gzip, which is read from its beginning. */
export function streamGzippedTar(range: ByteRange, others: OtherMembers = {}): AsyncGenerator<TarFile> {
  return tarFiles(new GunzippedInput(range), range.path, others);
}

async function* tarFiles(
  input: TarInput,
  archive: string,
  { onFolder, onOther }: OtherMembers,
): AsyncGenerator<TarFile> {
  let next: { name?: string; size?: number } = {};
  let zeroBlocks = 0;
  try {
    while (zeroBlocks < 2) {
      const where = `${archive}, byte ${input.position}`;
      const header = parseTarHeader(await input.read(tarBlockBytes), where);
      zeroBlocks = header === undefined ? zeroBlocks + 1 : 0;
      if (header === undefined) continue;
      const kind = kinds[header.type] ?? 'other';
      const isMember = kind !== 'about-next' && kind !== 'aside';
      const { name, size } = isMember ? { ...header, ...next } : header;
      const offset = input.position;
      if (isMember) next = {};
      if (kind === 'about-next') {
        if (size > longestRecords)
          throw new DatasetError(
            `${where}: the records before a member must have at most ${longestRecords} bytes, got ${size}`,
          );
        next = { ...next, ...aboutNext(header, await input.read(size)) };
      }
      // In the oldest archives, only a trailing slash in the name marks a folder.
      if (kind === 'file' && !name.endsWith('/')) yield { name, offset, size, contents: () => input.read(size) };
      else if (kind === 'file' || kind === 'folder') onFolder?.(name);
      else if (kind === 'other') onOther?.();
      await input.skipTo(offset + Math.ceil(size / tarBlockBytes) * tarBlockBytes);
    }
  } finally {
    await input.close();
  }
}

/**
 * The meaning of each type flag. 7 is a contiguous file; L is a long name and x are pax records, both for the next member; K is the
 * long target of a link and g are pax records for the whole archive.
 */
const kinds: Partial<Record<string, 'file' | 'folder' | 'about-next' | 'aside'>> = {
  0: 'file',
  7: 'file',
  5: 'folder',
  L: 'about-next',
  x: 'about-next',
  K: 'aside',
  g: 'aside',
};

function aboutNext({ type }: TarHeader, content: Buffer): { name?: string; size?: number } {
  if (type === 'L') {
    const end = content.indexOf(0);
    return { name: nameOf(end < 0 ? content : content.subarray(0, end)) };
  }
  const records = parsePaxRecords(content);
  const name = records.get('path');
  const size = Number(records.get('size') ?? NaN);
  return { ...(name !== undefined && { name }), ...(Number.isSafeInteger(size) && size >= 0 && { size }) };
}

class RangeInput implements TarInput {
  readonly #reader: WindowedReader;
  position = 0;

  constructor(range: ByteRange) {
    this.#reader = new WindowedReader(range);
  }

  async read(length: number): Promise<Buffer> {
    const bytes = await this.#reader.read(this.position, length);
    this.position += length;
    return bytes;
  }

  skipTo(position: number): Promise<void> {
    this.position = position;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}

class GunzippedInput implements TarInput {
  readonly #path: string;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #abandon: () => void;
  #rest: Buffer = Buffer.alloc(0);
  position = 0;

  constructor(range: ByteRange) {
    this.#path = range.path;
    const compressed = streamBytes(range);
    const gunzip = createGunzip({ chunkSize: 2 ** 18 });
    compressed.on('error', (error) => gunzip.destroy(error));
    this.#chunks = compressed.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#abandon = () => {
      compressed.destroy();
      gunzip.destroy();
    };
  }

  async read(length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length;) {
      if (this.#rest.length === 0) await this.#nextChunk();
      const copied = this.#rest.copy(bytes, filled);
      this.#rest = this.#rest.subarray(copied);
      filled += copied;
    }
    this.position += length;
    return bytes;
  }

  async skipTo(position: number): Promise<void> {
    for (let left = position - this.position; left > 0;) {
      if (this.#rest.length === 0) await this.#nextChunk();
      const skipped = Math.min(left, this.#rest.length);
      this.#rest = this.#rest.subarray(skipped);
      left -= skipped;
    }
    this.position = position;
  }

  async #nextChunk(): Promise<void> {
    let next: IteratorResult<Buffer, unknown>;
    try {
      next = await this.#chunks.next();
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error;
      throw new DatasetError(
        `${this.#path} must be a whole gzip file (${(error as Error).message}): download it again`,
      );
    }
    if (next.done) throw new DatasetError(`${this.#path} is cut off: download it again`);
    this.#rest = next.value;
  }

  close(): Promise<void> {
    this.#abandon();
    return Promise.resolve();
  }
}
