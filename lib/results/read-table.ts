import { extname } from 'node:path';
import { readInputBytes } from '../core/files/read-input.ts';
import { csvTable, type RawTable } from './raw-table.ts';

/**
 * Reads a table in the format that its file extension gives: `.parquet`, `.arrow` or `.feather`, else CSV.
 * @throws ConfigError if the file does not exist or is not in that format
 */
export async function readTable(path: string): Promise<RawTable> {
  const bytes = await readInputBytes('A table', path);
  switch (extname(path).toLowerCase()) {
    case '.parquet':
      return (await import('./columnar-files.ts')).parquetTable(bytes, path);
    case '.arrow':
    case '.feather':
      return (await import('./columnar-files.ts')).arrowTable(bytes, path);
    default:
      return csvTable(bytes.toString('utf8'), path);
  }
}
