import type { FlatRow } from '../results/flat-rows.ts';

/** A text as a spreadsheet takes it for one: what it would compute is led by an apostrophe. */
export const spreadsheetText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/**
 * Rows whose texts and column names are such, each made when it is asked for. For tables that are read by people; those that this program reads
 * again keep names as they are.
 */
export const forSpreadsheets = (rows: Iterable<FlatRow>): Iterable<FlatRow> => ({
  *[Symbol.iterator]() {
    for (const row of rows) yield harmless(row);
  },
});

const harmless = (row: FlatRow): FlatRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      spreadsheetText(column),
      typeof value === 'string' ? spreadsheetText(value) : value,
    ]),
  );
