import { formatCsv, formatCsvRows } from '../core/files/csv.ts';

/** A row of a table to be written; columns that it lacks are left empty. */
export type FlatRow = Readonly<Record<string, string | number | null>>;

/** Returns every column that occurs in any of the rows, in order of first appearance. */
export function columnsOf(rows: Iterable<FlatRow>): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const column of Object.keys(row)) columns.add(column);
  return [...columns];
}

/** Number of rows converted to text at a time, so that a long table is in memory only once. */
const rowsAtATime = 10_000;

/** Formats rows as CSV with a header; iterates over them twice. */
export function csvOf(rows: Iterable<FlatRow>): string {
  const columns = columnsOf(rows);
  const parts = [formatCsv(columns, [])];
  let pending: (string | number | null | undefined)[][] = [];
  const flush = () => {
    parts.push(formatCsvRows(pending));
    pending = [];
  };
  for (const row of rows) if (pending.push(columns.map((column) => row[column])) === rowsAtATime) flush();
  flush();
  return parts.join('');
}
