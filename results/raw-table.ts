import { ConfigError } from '../core/errors.ts';
import { parseCsv } from '../files/csv.ts';

/** What a file has in a cell; null and an empty text are nothing. */
export type Cell = string | number | null;

/** A table as a file has it, before anything is asked of its columns; each row has as many cells as there are columns. */
export interface RawTable {
  /** What it is called in errors, e.g. its file name. */
  source: string;
  /** Without repetitions. */
  columns: readonly string[];
  /** What the numbers of its rows count: lines of a text, or rows. */
  counted: 'line' | 'row';
  rows: readonly { number: number; cells: readonly Cell[] }[];
}

/** Throws a `ConfigError` where there are problems with a table. */
export function refuse(source: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigError(`${source} is not a results table`, problems);
}

/**
 * The table of a CSV text.
 * @throws ConfigError naming line and cell where it is none: empty, without rows, with a column twice or with lines of other lengths
 */
export function csvTable(text: string, source: string, fewestRows: 0 | 1 = 1): RawTable {
  if (text.trim() === '') refuse(source, ['it is empty']);
  const { header, records } = parseCsv(text, source);
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

export const repeatedColumns = (columns: readonly string[]): string[] =>
  columns
    .filter((column, index) => columns.indexOf(column) !== index)
    .map((column) => `column ${column} appears twice`);

export const isEmpty = (cell: Cell | undefined): boolean => cell === null || cell === undefined || cell === '';

/** As CSV files have them; not `Infinity`, `0x1` or nothing. */
export const isNumber = (cell: Cell): boolean =>
  typeof cell === 'number'
    ? Number.isFinite(cell)
    : cell !== null && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell);
