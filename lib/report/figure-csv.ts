import type { FigureTable } from './topics/figure.ts';
import { spreadsheetText } from './spreadsheet-text.ts';

/**
 * Returns a figure's data as CSV (RFC 4180) for spreadsheets: text that would be taken for a formula gets a leading apostrophe. Without a
 * CSV library, as it also runs in the page.
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
