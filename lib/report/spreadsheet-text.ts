import type { FlatRow } from '../results/flat-rows.ts';

/** Adds a leading apostrophe to text that a spreadsheet would take for a formula. */
export const spreadsheetText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/**
 * Converts the texts and column names of rows in this way, on demand. For tables that people read; tables that this program reads again
 * keep names as they are.
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
