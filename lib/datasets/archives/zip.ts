import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib';
import yauzl from 'yauzl';
import { OperationalError } from '../../core/errors.ts';
import { DatasetError } from '../dataset-error.ts';
import { readBytes, streamBytes, WindowedReader, withFile, type ByteRange } from './byte-range.ts';

/** A member of a zip archive that is a file. */
export interface ZipFile {
  name: string;
  /** Byte of its local header in the archive. */
  offset: number;
  /** Bytes as compressed. */
  bytes: number;
  /** Bytes as read. */
  size: number;
  crc32: number;
  /** Whether it is stored uncompressed. */
  isPlain: boolean;
}

/** The reason why a member cannot be read. */
export type ZipRefusal = 'not a file' | 'encrypted' | 'compressed by an unsupported method';

/** Called for the members of an archive that are not yielded. */
export interface OtherZipMembers {
  onFolder?: ((name: string) => void) | undefined;
  onRefused?: (why: ZipRefusal, name: string) => void;
}

const methods = { stored: 0, deflated: 8 } as const;
const localHeaderBytes = 30;

/**
 * Yields the files of a zip archive in the order of its directory, which is all that is read.
 * @throws DatasetError if the archive is damaged or truncated, or if its members overlap (a zip bomb)
 */
export async function* listZip(
  range: ByteRange,
  { onFolder, onRefused }: OtherZipMembers = {},
): AsyncGenerator<ZipFile> {
  const reader = new ZipReader(range);
  let packed = 0;
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, range.size, {
      decodeStrings: false,
      autoClose: false,
    });
    for await (const entry of zip.eachEntry()) {
      const name = memberName(entry);
      packed += entry.compressedSize;
      if (packed > range.size) throw new Error('its members overlap');
      const { compressedSize: bytes, uncompressedSize: size, compressionMethod, relativeOffsetOfLocalHeader } = entry;
      const refusal = refusalOf(entry);
      if (name.endsWith('/')) onFolder?.(name);
      else if (refusal !== undefined) onRefused?.(refusal, name);
      else
        yield {
          name,
          offset: relativeOffsetOfLocalHeader,
          bytes,
          size,
          crc32: entry.crc32,
          isPlain: compressionMethod === methods.stored,
        };
    }
  } catch (error) {
    if (error instanceof OperationalError || (error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new DatasetError(
      `${range.path} must be a whole zip archive (${(error as Error).message}): download it again`,
    );
  } finally {
    await reader.end();
  }
}

/** Flag of a member whose name is UTF-8. */
const utf8Flag = 0x800;

/**
 * Returns the name of a member. Without the flag for UTF-8 it should be in code page 437; macOS and others write UTF-8 without the flag,
 * which is assumed if the bytes are valid UTF-8.
 */
function memberName({ generalPurposeBitFlag, fileNameRaw, extraFields }: yauzl.Entry): string {
  const flags = isUtf8(fileNameRaw) ? generalPurposeBitFlag | utf8Flag : generalPurposeBitFlag & ~utf8Flag;
  return yauzl.getFileNameLowLevel(flags, fileNameRaw, extraFields, false).normalize('NFC');
}

function refusalOf(entry: yauzl.Entry): ZipRefusal | undefined {
  const unixType = (entry.externalFileAttributes >>> 16) & 0xf000;
  if (unixType !== 0 && unixType !== 0x8000) return 'not a file';
  if (entry.isEncrypted()) return 'encrypted';
  if (!Object.values<number>(methods).includes(entry.compressionMethod)) return 'compressed by an unsupported method';
  return undefined;
}

/**
 * Reads a whole file of a zip archive. It is never decompressed beyond the size that the archive gives for it.
 * @throws DatasetError if it is damaged
 */
export async function readZipFile(
  archive: ByteRange,
  { offset, bytes, size, crc32: expected }: Omit<ZipFile, 'name' | 'isPlain'>,
): Promise<Buffer> {
  const start = archive.offset + offset;
  const [header, stored] = await withFile(archive.path, async (read) => {
    const local = await read(start, localHeaderBytes);
    return [local, await read(start + dataStart(local, archive.path), bytes)] as const;
  });
  const content = header.readUInt16LE(8) === methods.stored ? stored : await inflated(stored, size);
  if (content.length !== size || crc32(content) !== expected)
    throw new DatasetError('it is damaged: its checksum differs from the one in the archive');
  return content;
}

/** The byte range of the contents of an uncompressed file in a zip archive. */
export async function rangeInZip(
  archive: ByteRange,
  { offset, bytes }: Pick<ZipFile, 'offset' | 'bytes'>,
): Promise<ByteRange> {
  const start = archive.offset + offset;
  const header = await readBytes(archive.path, start, localHeaderBytes);
  return { path: archive.path, offset: start + dataStart(header, archive.path), size: bytes };
}

/** Bytes from the start of a local header to the contents. */
function dataStart(header: Buffer, path: string): number {
  if (header.readUInt32LE(0) !== 0x04034b50)
    throw new DatasetError(`${path}: a member is not where the archive's directory says`);
  return localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
}

const inflatedElsewhere = promisify<Buffer, object, Buffer>(inflateRaw);

/** Up to this number of bytes, decompressing here is faster than on another thread. */
const shortest = 2 ** 15;

async function inflated(bytes: Buffer, size: number): Promise<Buffer> {
  const options = { maxOutputLength: Math.max(1, size) };
  try {
    return size <= shortest ? inflateRawSync(bytes, options) : await inflatedElsewhere(bytes, options);
  } catch (error) {
    throw new DatasetError(`it is damaged: ${(error as Error).message}`);
  }
}

/** Gives yauzl the bytes of a range. */
class ZipReader extends yauzl.RandomAccessReader {
  readonly #reader: WindowedReader;

  constructor(range: ByteRange) {
    super();
    this.#reader = new WindowedReader(range);
  }

  override _readStreamForRange(start: number, end: number) {
    const { path, offset } = this.#reader.range;
    return streamBytes({ path, offset: offset + start, size: end - start });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#reader.read(position, length).then((bytes) => {
      bytes.copy(buffer, offset);
      callback(null);
    }, callback);
  }

  end(): Promise<void> {
    return this.#reader.close();
  }
}
