import { extname } from 'node:path';
import { decodeText } from '../core/files/decode-text.ts';
import { readInputBytes } from '../core/files/read-input.ts';
import { refuse, separatedTable, type RawTable } from './raw-table.ts';

/**
 * Reads a table: Parquet or Arrow, recognised by the first bytes of the file or its extension (`.parquet`, `.arrow`, `.feather`), else text
 * separated by commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252.
 * @throws ConfigError if the file does not exist or is not in one of these formats
 */
export async function readTable(path: string): Promise<RawTable> {
  const bytes = await readInputBytes('A table', path);
  const extension = extname(path).toLowerCase();
  const begins = (magic: string) => bytes.subarray(0, magic.length).toString('latin1') === magic;
  if (begins('PAR1') || extension === '.parquet')
    return (await import('./columnar-files.ts')).parquetTable(bytes, path);
  if (begins('ARROW1') || ['.arrow', '.feather', '.ipc'].includes(extension))
    return (await import('./columnar-files.ts')).arrowTable(bytes, path);
  const kind = foreign.find(([magic]) => begins(magic))?.[1];
  if (kind !== undefined) refuse(path, [`it is ${kind}: a table must be CSV, TSV, Parquet or Arrow`]);
  const text = decodeText(bytes);
  if (text.slice(0, 65_536).includes('\0'))
    refuse(path, ['it is not text: a table must be CSV, TSV, Parquet or Arrow']);
  return separatedTable(text, path);
}

/** First bytes of files that are often mistaken for tables. */
const foreign: readonly [magic: string, kind: string][] = [
  ['PK\u0003\u0004', 'an Excel workbook or another ZIP archive, whose sheet must be saved as CSV'],
  ['\u00d0\u00cf\u0011\u00e0', 'an old Excel workbook, whose sheet must be saved as CSV'],
  ['\u001f\u008b', 'compressed by gzip, and must be unpacked'],
  ['(\u00b5/\u00fd', 'compressed by Zstandard, and must be unpacked'],
  ['%PDF', 'a PDF document'],
  ['<', 'an HTML or XML document'],
];
