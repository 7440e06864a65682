import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { crc32, deflateRaw, deflateRawSync } from 'node:zlib';

const deflated = promisify<Uint8Array, Buffer>(deflateRaw);

/** Bytes up to which compressing here is faster than handing the work to another thread. */
const shortest = 2 ** 15;

/** Named files, in order. */
export type NamedFiles = Iterable<readonly [string, Uint8Array]> | AsyncIterable<readonly [string, Uint8Array]>;

interface Entry {
  name: Buffer;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

/**
 * Yields the parts of a ZIP archive of files, in their order; equal files give equal bytes. Each file is requested, compressed and yielded
 * before the next, and only its directory entry is kept, so time is proportional to the number of files and memory stays small. (The
 * library yazl, used before, scans all earlier files for each one and does not wait for its reader.)
 * @throws RangeError if a name is longer than 65,535 bytes or a file is 4 GiB or larger
 */
export const zipParts = (files: NamedFiles): AsyncGenerator<Uint8Array> => inPieces(archiveParts(files));

async function* archiveParts(files: NamedFiles): AsyncGenerator<Uint8Array> {
  const entries: Entry[] = [];
  let offset = 0;
  for await (const [name, content] of files) {
    const packed = content.length <= shortest ? deflateRawSync(content) : await deflated(content);
    const entry = { name: Buffer.from(name), crc: crc32(content), packed: packed.length, size: content.length, offset };
    entries.push(entry);
    const header = Buffer.concat([fields([4, 0x04034b50], ...common(entry), [2, 0]), entry.name]);
    offset += header.length + packed.length;
    yield header;
    yield packed;
  }
  const directory = entries.map(directoryEntry);
  yield* directory;
  const bytes = directory.reduce((sum, part) => sum + part.length, 0);
  yield directoryEnd(entries.length, bytes, offset);
}

/** Makes the same archive in memory. */
export const zipOf = (files: NamedFiles): Promise<Buffer> => buffer(zipParts(files));

/** Bytes of a piece: large enough for few writes, small enough to hold. */
const pieceBytes = 2 ** 18;

/** Joins parts into pieces of at least that size. */
async function* inPieces(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of parts) {
    pending.push(part);
    bytes += part.length;
    if (bytes < pieceBytes) continue;
    yield Buffer.concat(pending);
    [pending, bytes] = [[], 0];
  }
  yield Buffer.concat(pending);
}

/** A number and its width in bytes, little-endian. */
type Field = readonly [bytes: 2 | 4 | 8, value: number];

function fields(...of: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(of.reduce((sum, [length]) => sum + length, 0));
  let place = 0;
  for (const [length, value] of of) {
    if (length === 8) bytes.writeBigUInt64LE(BigInt(value), place);
    else bytes.writeUIntLE(value, place, length);
    place += length;
  }
  return bytes;
}

/** Versions of the format: with directories and deflate, and with 64-bit numbers. */
const [deflation, zip64] = [20, 45];
/** Placeholders for values that are in a 64-bit field instead. */
const [elsewhere16, elsewhere32] = [0xffff, 0xffff_ffff];

/** The fields that a file's header and its directory entry share: deflated, with a UTF-8 name, dated the first day of the format. */
const common = ({ name, crc, packed, size }: Entry): Field[] => [
  ...([
    [2, deflation],
    [2, 0x0800],
    [2, 8],
    [2, 0],
    [2, 0x0021],
  ] satisfies Field[]),
  ...([
    [4, crc],
    [4, packed],
    [4, size],
    [2, name.length],
  ] satisfies Field[]),
];

/** Returns a file's directory entry: written on Unix, a plain file that everyone may read. */
function directoryEntry(entry: Entry): Buffer {
  const isFar = entry.offset >= elsewhere32;
  const extra = isFar ? fields([2, 1], [2, 8], [8, entry.offset]) : Buffer.alloc(0);
  const start = fields([4, 0x02014b50], [2, (3 << 8) | (isFar ? zip64 : deflation)], ...common(entry));
  const mode = 0o100644 * 2 ** 16;
  const end = fields([2, extra.length], [2, 0], [2, 0], [2, 0], [4, mode], [4, isFar ? elsewhere32 : entry.offset]);
  return Buffer.concat([start, end, entry.name, extra]);
}

/** Returns the end of the directory, preceded by the 64-bit version if a number needs it. */
function directoryEnd(count: number, bytes: number, offset: number): Buffer {
  const isLarge = count >= elsewhere16 || bytes >= elsewhere32 || offset >= elsewhere32;
  const large = [
    fields([4, 0x06064b50], [8, 44], [2, (3 << 8) | zip64], [2, zip64], [4, 0], [4, 0]),
    fields([8, count], [8, count], [8, bytes], [8, offset]),
    fields([4, 0x07064b50], [4, 0], [8, offset + bytes], [4, 1]),
  ];
  const counts = Math.min(count, elsewhere16);
  return Buffer.concat([
    ...(isLarge ? large : []),
    fields([4, 0x06054b50], [2, 0], [2, 0], [2, counts], [2, counts]),
    fields([4, Math.min(bytes, elsewhere32)], [4, Math.min(offset, elsewhere32)], [2, 0]),
  ]);
}
