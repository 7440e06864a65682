import { parse as parser, CsvError, type Info, type Options } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { ConfigError } from '../errors.ts';

/** A record of CSV text. */
export interface CsvRecord {
  /** The line on which it begins, counted from 1. */
  line: number;
  /** Its cells, without surrounding space; there may be more or fewer than in the header. */
  cells: string[];
}

/** The header and the other records of CSV text. */
export interface CsvContent {
  header: string[];
  records: CsvRecord[];
}

/**
 * Parses CSV text (RFC 4180 with a header, any line endings); blank lines are skipped.
 * @param source name of the text in error messages, e.g. its file name
 * @param delimiter separator of the cells, e.g. a tab
 * @throws ConfigError naming source and line if quotes are invalid
 */
export function parseCsv(text: string, source: string, delimiter = ','): CsvContent {
  try {
    return contentOf(parse(text, optionsWith(delimiter)) as unknown as CsvRecord[]);
  } catch (error) {
    throw refusal(error, source);
  }
}

/** Bytes that are parsed before other work gets a turn: a few milliseconds' worth. */
const pieceBytes = 2 ** 18;

/** Does the same as `parseCsv` for bytes that may be many: other work, such as heartbeats, gets a turn in between. */
export async function parseLargeCsv(bytes: Uint8Array, source: string): Promise<CsvContent> {
  const records: CsvRecord[] = [];
  const parsing = parser(optionsWith(','));
  parsing.on('data', (record: CsvRecord) => records.push(record));
  async function* parts() {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      yield bytes.subarray(start, start + pieceBytes);
      await turn();
    }
  }
  try {
    await pipeline(parts, parsing);
  } catch (error) {
    throw refusal(error, source);
  }
  return contentOf(records);
}

function optionsWith(delimiter: string): Options {
  const texts = new Map<string, string>();
  let countedTwice = 0;
  const recordOf = (cells: string[], { lines }: Info): CsvRecord => {
    // The parser reports the line on which the record ends, and counts a CR LF within a cell as two lines.
    countedTwice += count(cells, /\r\n/g);
    return {
      line: lines - countedTwice - count(cells, /\r\n|\n|\r/g),
      cells: cells.map((cell) => once(texts, cell)),
    };
  };
  return {
    bom: true,
    delimiter,
    trim: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    on_record: recordOf as unknown as NonNullable<Options['on_record']>,
  };
}

function contentOf(records: CsvRecord[]): CsvContent {
  const header = records.shift()?.cells ?? [];
  return { header, records };
}

function refusal(error: unknown, source: string): unknown {
  if (!(error instanceof CsvError)) return error;
  return new ConfigError(`${source} is not a CSV file`, [`line ${Number(error['lines'])}: ${error.message}`]);
}

const mostKept = 200_000;

/** Returns an earlier string equal to this one, if any, so that names that occur in many rows are kept in memory once. */
function once(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known === undefined && texts.size < mostKept) texts.set(text, text);
  return known ?? text;
}

const count = (cells: readonly string[], what: RegExp): number =>
  cells.reduce((sum, cell) => sum + (cell.match(what)?.length ?? 0), 0);

type CsvCells = readonly (string | number | null | undefined)[];

/** Formats a table as CSV with a header; null and undefined become empty cells. */
export function formatCsv(header: readonly string[], rows: readonly CsvCells[]): string {
  return formatCsvRows([header, ...rows]);
}

/** Formats rows as CSV lines without a header, which may be appended to other CSV text. */
export const formatCsvRows = (rows: readonly CsvCells[]): string => stringify(rows as unknown[][]);
