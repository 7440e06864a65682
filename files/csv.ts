import { CsvError, parse, type Info, type Options } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { ConfigError } from '../core/errors.ts';

/** A record of a CSV text. */
export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  /** Its cells, without surrounding space; their number may differ from that of the header. */
  cells: string[];
}

/**
 * Header and records of a CSV text (RFC 4180 with a header, any line endings); blank lines are skipped.
 * @param source name of the text in errors, e.g. its file name
 * @param delimiter separator of the cells, e.g. a tab
 * @throws ConfigError that names source and line if quotes are not valid in a CSV text
 */
export function parseCsv(text: string, source: string, delimiter = ','): { header: string[]; records: CsvRecord[] } {
  let records: CsvRecord[];
  try {
    const texts = new Map<string, string>();
    const recordOf = (cells: string[], { lines }: Info): CsvRecord => ({
      line: lines - lineEnds(cells),
      cells: cells.map((cell) => once(texts, cell)),
    });
    records = parse(text, {
      bom: true,
      delimiter,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      // The parser reports the line on which the record ends.
      on_record: recordOf as unknown as NonNullable<Options['on_record']>,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ConfigError(`${source} is not a CSV file`, [`line ${Number(error['lines'])}: ${error.message}`]);
  }
  const header = records.shift()?.cells ?? [];
  return { header, records };
}

const mostKept = 200_000;

/** Returns an earlier string that equals this one, if any: names occur in many rows, and are kept in memory once. */
function once(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known === undefined && texts.size < mostKept) texts.set(text, text);
  return known ?? text;
}

const lineEnds = (cells: readonly string[]) =>
  cells.reduce((count, cell) => count + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

type CsvCells = readonly (string | number | null | undefined)[];

/** A table as CSV with a header; null and undefined are empty cells. */
export function formatCsv(header: readonly string[], rows: readonly CsvCells[]): string {
  return formatCsvRows([header, ...rows]);
}

/** Rows as lines of a CSV text without a header, which may be appended to another one. */
export const formatCsvRows = (rows: readonly CsvCells[]): string => stringify(rows as unknown[][]);
