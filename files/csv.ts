import { CsvError, parse, type Info, type Options } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { ConfigError } from '../core/errors.ts';

/** A record of a CSV text. */
export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  /** Its cells without the space around them, as many as it has. */
  cells: string[];
}

/**
 * Header and records of a CSV text (RFC 4180 with a header, any ends of lines); lines without any text are passed over.
 * @param source what the text is called in errors, e.g. its file name
 * @param delimiter what separates the cells, e.g. a tabulator
 * @throws ConfigError naming source and line where quotes are not those of a CSV text
 */
export function parseCsv(text: string, source: string, delimiter = ','): { header: string[]; records: CsvRecord[] } {
  let records: CsvRecord[];
  try {
    const recordOf = (cells: string[], { lines }: Info): CsvRecord => ({ line: lines - lineEnds(cells), cells });
    records = parse(text, {
      bom: true,
      delimiter,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      // Told is the line on which it ends.
      on_record: recordOf as unknown as NonNullable<Options['on_record']>,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ConfigError(`${source} is not a CSV file`, [`line ${Number(error['lines'])}: ${error.message}`]);
  }
  const header = records.shift()?.cells ?? [];
  return { header, records };
}

const lineEnds = (cells: readonly string[]) =>
  cells.reduce((count, cell) => count + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

/** A table as CSV with a header; null and undefined are empty cells. */
export function formatCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): string {
  return stringify([header, ...rows] as unknown[][]);
}
