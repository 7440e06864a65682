/** The content of a cell. Dates, nested values and integers too large for a double are text; null is a missing value. */
export type ColumnCell = string | number | null;

/** The table in a columnar file. */
export interface Columns {
  /** Without duplicates. */
  names: string[];
  /** Number of rows in the whole table. */
  rows: number;
  /** The cells of each column, in the order of `names`. */
  cells: ColumnCell[][];
}

/** A file is not in its format, is damaged, or takes too much memory or time. */
export class UnreadableFile extends Error {}

/** Bytes that a compressed part (a page or a buffer) may have after decompression. */
export const largestPart = 2 ** 28;

/** @throws Error if a part of a file has too many bytes after decompression */
export function checkPart(bytes: number): void {
  if (bytes > largestPart) throw new Error(`a compressed part must have at most ${largestPart} bytes, got ${bytes}`);
}

/** @throws Error if two columns have the same name */
export function checkNames(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`column ${repeated} appears twice`);
}

/**
 * Converts a cell from a Parquet or Arrow reader to a `ColumnCell`.
 * @throws Error if the value is undefined: missing values are null, so the file has fewer values than it declares or refers to one that is
 * absent
 */
export function cellOf(value: unknown): ColumnCell {
  if (value === undefined) throw new Error('a value is absent');
  if (value === null || Number.isNaN(value)) return null;
  // An infinite number is not a result: as text it is refused by name.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return value;
  // An id too large for a double keeps all its digits.
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return String(member);
    return member instanceof Map ? [...member] : member;
  });
}
