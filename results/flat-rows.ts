import { formatCsv, formatCsvRows } from '../files/csv.ts';

/** A row of a table that is written: what it does not have is empty. */
export type FlatRow = Readonly<Record<string, string | number | null>>;

/** Every column that one of the rows has, in the order in which they first appear. */
export function columnsOf(rows: Iterable<FlatRow>): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const column of Object.keys(row)) columns.add(column);
  return [...columns];
}

/** Rows that are turned into text at a time: a long table is in memory only once. */
const rowsAtATime = 10_000;

/** Rows as CSV with a header; they are gone through twice. */
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
