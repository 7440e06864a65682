import { DatasetError } from '../dataset-error.ts';
import { nameOf } from './member-path.ts';

export const tarBlockBytes = 512;

/**
 * A header block of a tar archive (POSIX ustar, pax and GNU).
 *
 * It is parsed here because the libraries for Node (tar 7, tar-stream 3, compared in 2026) decode names only as UTF-8, which makes
 * different Latin-1 names equal, and read a damaged size as 0 or a smaller number.
 */
export interface TarHeader {
  name: string;
  /** Bytes of the contents that follow, without the padding to whole blocks. */
  size: number;
  /** The type flag, e.g. `0` for a file, `5` for a folder, `x` for records about the next member. */
  type: string;
}

/**
 * Parses a header block; undefined for a block of zeros, which ends an archive.
 * @param where archive and byte, for errors
 * @throws DatasetError if its checksum is wrong or its size is not a number
 */
export function parseTarHeader(block: Buffer, where: string): TarHeader | undefined {
  const checksum = checksumOf(block);
  if (checksum === zerosChecksum) return undefined;
  if (checksum !== octal(block, 148, 8))
    throw new DatasetError(`${where}: this is not a tar header: download the archive again`);
  const size = number(block, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0)
    throw new DatasetError(`${where}: the size of a member must be a whole number, got ${size}`);
  const name = text(block, 0, 100);
  // GNU's own format uses these bytes differently; POSIX puts the beginning of long names there.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156]!),
  };
}

/** Returns whether the first block of a file is the header of a tar archive. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < tarBlockBytes) return false;
  const checksum = checksumOf(block);
  return checksum === zerosChecksum || checksum === octal(block, 148, 8);
}

/** The checksum of a block of zeros. */
const zerosChecksum = 8 * 32;

/** Sums all bytes as if the checksum field contained spaces. */
function checksumOf(block: Buffer): number {
  let sum = 8 * 32;
  for (let i = 0; i < tarBlockBytes; i++) if (i < 148 || i >= 156) sum += block[i]!;
  return sum;
}

/** Parses the records of a pax header: `<length> <key>=<value>\n`, one after another. */
export function parsePaxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < content.length;) {
    const space = content.indexOf(0x20, start);
    const length = Number(content.toString('latin1', start, Math.max(start, space)));
    const record = content.subarray(space + 1, start + length - 1);
    const equals = record.indexOf(0x3d);
    if (space < 0 || !(length > 0) || equals < 0) break;
    records.set(record.toString('utf8', 0, equals), nameOf(record.subarray(equals + 1)));
    start += length;
  }
  return records;
}

/** Text that ends at its first zero byte. */
function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return nameOf(block.subarray(start, end < 0 ? start + length : Math.min(end, start + length)));
}

function octal(block: Buffer, start: number, length: number): number {
  const digits = block
    .toString('latin1', start, start + length)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
}

/** An octal number, or GNU's base 256 if the first bit is set, which files of 8 GiB and more need. */
function number(block: Buffer, start: number, length: number): number {
  if ((block[start]! & 0x80) === 0) return octal(block, start, length);
  return block.subarray(start, start + length).reduce((sum, byte, i) => sum * 256 + (i === 0 ? byte & 0x7f : byte), 0);
}
