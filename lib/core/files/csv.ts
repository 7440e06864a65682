import { parse as parser, CsvError, type Info, type Options } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { ConfigError } from '../errors.ts';

/** A record of a CSV text. */
export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  /** Its cells, without surrounding space; their number may differ from that of the header. */
  cells: string[];
}

/** The header of a CSV text, and its other records. */
export interface CsvContent {
  header: string[];
  records: CsvRecord[];
}

/**
 * Header and records of a CSV text (RFC 4180 with a header, any line endings); blank lines are skipped.
 * @param source name of the text in errors, e.g. its file name
 * @param delimiter separator of the cells, e.g. a tab
 * @throws ConfigError that names source and line if quotes are not valid in a CSV text
 */
export function parseCsv(text: string, source: string, delimiter = ','): CsvContent {
  try {
    return contentOf(parse(text, optionsWith(delimiter)) as unknown as CsvRecord[]);
  } catch (error) {
    throw refusal(error, source);
  }
}

/** Bytes that are parsed before other work gets a turn: some milliseconds' worth. */
const pieceBytes = 2 ** 18;

/** Like `parseCsv`, for the bytes of a text that may be large: other work, such as heartbeats, gets a turn in between. */
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
    // The parser reports the line on which the record ends, and counts the two characters of a `\r\n` within a cell as two lines.
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

/** Returns an earlier string that equals this one, if any: names occur in many rows, and are kept in memory once. */
function once(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known === undefined && texts.size < mostKept) texts.set(text, text);
  return known ?? text;
}

const count = (cells: readonly string[], what: RegExp): number =>
  cells.reduce((sum, cell) => sum + (cell.match(what)?.length ?? 0), 0);

type CsvCells = readonly (string | number | null | undefined)[];

/** A table as CSV with a header; null and undefined are empty cells. */
export function formatCsv(header: readonly string[], rows: readonly CsvCells[]): string {
  return formatCsvRows([header, ...rows]);
}

/** Rows as lines of a CSV text without a header, which may be appended to another one. */
export const formatCsvRows = (rows: readonly CsvCells[]): string => stringify(rows as unknown[][]);
