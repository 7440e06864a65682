import { formatCsv } from '../files/csv.ts';

/** A row of a table that is written: what it does not have is empty. */
export type FlatRow = Readonly<Record<string, string | number | null>>;

/** Every column that one of the rows has, in the order in which they first appear. */
export function columnsOf(rows: readonly FlatRow[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const column of Object.keys(row)) columns.add(column);
  return [...columns];
}

/** Rows as CSV with a header. */
export function csvOf(rows: readonly FlatRow[]): string {
  const columns = columnsOf(rows);
  return formatCsv(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}
