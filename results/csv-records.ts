import { fromCSV } from 'arquero';

/** A record of a CSV text. */
export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  /** Its cells without the space around them, as many as it has, at most one more than the header has. */
  cells: string[];
}

/** Header and records of a CSV text (RFC 4180 with a header); lines without any text are passed over. */
export function csvRecords(text: string): { header: string[]; records: CsvRecord[] } {
  const content = text.replace(/^\uFEFF/, '');
  // Arquero drops the cells of a record beyond those of the first; a first one that is wider than the header shows them.
  const separators = content.split(/[\r\n]/, 1)[0]?.split(',').length ?? 0;
  const parsed = fromCSV(`${','.repeat(separators)}\n${content}`, { header: false, autoType: false });
  const columns = parsed.columnNames();
  let line = 0;
  const records = Array.from({ length: parsed.numRows() }, (_, row) => {
    const cells = columns
      .map((column) => parsed.get(column, row) as string | null | undefined)
      .filter((cell) => cell !== undefined)
      .map((cell) => cell ?? '');
    const begin = line;
    line += cells.join('').split('\n').length;
    return { line: begin, cells: cells.map((cell) => cell.trim()) };
  }).slice(1);
  const header = records.shift()?.cells ?? [];
  return { header, records: records.filter(({ cells }) => cells.some((cell) => cell !== '')) };
}
