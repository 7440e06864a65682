import type { FigureTable } from './topics/figure.ts';
import { spreadsheetText } from './spreadsheet-text.ts';

/**
 * A figure's data as CSV (RFC 4180) for spreadsheets: a text that one of them would take for a formula is led by an apostrophe.
 * Here and in the page alike, where no library of files is at hand.
 */
export function figureCsv({ header, rows }: FigureTable): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = spreadsheetText(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
