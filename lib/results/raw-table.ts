import { ConfigError } from '../core/errors.ts';
import { parseCsv, parseLargeCsv, type CsvContent } from '../core/files/csv.ts';

/** The content of a cell in a file; null and empty text mean that it is empty. */
export type Cell = string | number | null;

/** A table as read from a file, before its columns are checked; each row has as many cells as there are columns. */
export interface RawTable {
  /** Its name in error messages, e.g. the file name. */
  source: string;
  /** Distinct names. */
  columns: readonly string[];
  /** What the row numbers count: lines of a text, or rows. */
  counted: 'line' | 'row';
  rows: readonly { number: number; cells: readonly Cell[] }[];
}

/** Throws a `ConfigError` if there are problems with a table. */
export function refuse(source: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigError(`${source} is not a results table`, problems);
}

/**
 * Parses a CSV text.
 * @throws ConfigError naming line and cell if it is empty, has no rows, repeats a column or has lines of different lengths
 */
export function csvTable(text: string, source: string, fewestRows: 0 | 1 = 1): RawTable {
  return tableOf(parseCsv(text, source), source, fewestRows);
}

const delimiters = [',', ';', '\t'] as const;

/**
 * Parses a text with values separated by commas, semicolons or tabs, whichever its header uses. With semicolons, numbers have decimal
 * commas, as spreadsheet programs of many countries write them.
 */
export function separatedTable(text: string, source: string): RawTable {
  const header = text.slice(0, headerBytes(text)).replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string) => header.split(delimiter).length;
  const delimiter = delimiters.reduce((best, other) => (count(other) > count(best) ? other : best));
  const content = parseCsv(text, source, delimiter);
  if (delimiter !== ';') return tableOf(content, source, 1);
  const records = content.records.map(({ line, cells }) => ({ line, cells: cells.map(withDecimalPoint) }));
  return tableOf({ header: content.header, records }, source, 1);
}

/** Returns the length of the text up to the end of its first line that is not empty. */
function headerBytes(text: string): number {
  const start = text.search(/[^\r\n]/);
  const length = text.slice(Math.max(0, start)).search(/[\r\n]/);
  return length === -1 ? text.length : start + length;
}

/** Rewrites `0,5` and `1.013,5` with a decimal point and without groups of digits; leaves other cells as they are. */
const withDecimalPoint = (cell: string): string =>
  /^[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+(e[+-]?\d+)?\s?%?$/i.test(cell) ? cell.replaceAll('.', '').replace(',', '.') : cell;

/** The same for the bytes of a text that may be large: yields to other work from time to time. */
export async function largeCsvTable(bytes: Uint8Array, source: string, fewestRows: 0 | 1 = 1): Promise<RawTable> {
  return tableOf(await parseLargeCsv(bytes, source), source, fewestRows);
}

function tableOf({ header, records }: CsvContent, source: string, fewestRows: 0 | 1): RawTable {
  if (header.length === 0) refuse(source, ['it is empty']);
  refuse(source, repeatedColumns(header));
  if (records.length < fewestRows) refuse(source, ['it has a header but no rows']);
  refuse(
    source,
    records
      .filter(({ cells }) => cells.length !== header.length)
      .map(
        ({ line, cells }) =>
          `line ${line} has ${cells.length > header.length ? 'more' : 'fewer'} cells than the header (${header.length})`,
      ),
  );
  const rows = records.map(({ line, cells }) => ({ number: line, cells }));
  return { source, columns: header, counted: 'line', rows };
}

/** Returns a problem for each column that appears more than once. */
export function repeatedColumns(columns: readonly string[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set(columns.filter((column) => seen.size === seen.add(column).size));
  return [...repeated].map((column) => `column ${column} appears twice`);
}

export const isEmpty = (cell: Cell | undefined): boolean => cell === null || cell === undefined || cell === '';

/** Returns whether a cell is a number as written in CSV files; `Infinity`, `0x1` and empty cells are not. */
export const isNumber = (cell: Cell): boolean =>
  typeof cell === 'number'
    ? Number.isFinite(cell)
    : cell !== null && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(cell);
