import { isEmpty, isNumber, type Cell } from './raw-table.ts';

/** Notations for missing values in tables. */
const missing = new Set(['', 'na', 'n/a', 'nan', 'none', 'null', '-', '–', '?']);

export const isMissing = (cell: Cell) => isEmpty(cell) || (typeof cell === 'string' && missing.has(cell.toLowerCase()));

/** Parses a number, which may have grouped digits (`1,014.45`) or a trailing percent sign. */
export function numberOf(cell: Cell): number | undefined {
  const written = String(cell);
  const text = written.endsWith('%') ? written.slice(0, -1).trimEnd() : written;
  const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text) ? text.replaceAll(',', '') : text;
  return isNumber(plain) ? Number(plain) : undefined;
}
