/** The content of a cell: a date or a nested value is text, as is an integer that no double holds; null is missing. */
export type ColumnCell = string | number | null;

/** The table in a columnar file. */
export interface Columns {
  /** Without repetitions. */
  names: string[];
  /** Of the whole table. */
  rows: number;
  /** The cells of each of the columns, in the order of their names. */
  cells: ColumnCell[][];
}

/** A file is not of its format, is damaged, or takes too much memory or time. */
export class UnreadableFile extends Error {}

/** Bytes of the largest compressed part, a page or a buffer, once it is decompressed. */
export const largestPart = 2 ** 28;

/** @throws Error if a part of a file has too many bytes once it is decompressed */
export function checkPart(bytes: number): void {
  if (bytes > largestPart) throw new Error(`a compressed part must have at most ${largestPart} bytes, got ${bytes}`);
}

/** @throws Error if two columns have one name */
export function checkNames(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`column ${repeated} appears twice`);
}

/**
 * What a reader of Parquet or Arrow has of a cell, as a `ColumnCell`.
 * @throws Error if it has nothing: a missing value is null, so the file has fewer values than it says, or refers to one that is not there
 */
export function cellOf(value: unknown): ColumnCell {
  if (value === undefined) throw new Error('a value is not there');
  if (value === null || Number.isNaN(value)) return null;
  // An infinite number is no result: as text it is refused under its name.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return value;
  // An id that no double can hold keeps all its digits.
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return String(member);
    return member instanceof Map ? [...member] : member;
  });
}
