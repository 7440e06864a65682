import { parquetWriteBuffer } from 'hyparquet-writer';
import { ConfigError } from '../core/errors.ts';
import { UnreadableFile } from '../core/files/columnar/columns.ts';
import { readColumns } from '../core/files/columnar/read-columns.ts';
import { columnsOf, type FlatRow } from './flat-rows.ts';
import { refuse, type Cell, type RawTable } from './raw-table.ts';

/**
 * Reads the table in a Parquet file.
 * @throws ConfigError if the bytes are not a Parquet file
 */
export const parquetTable = (bytes: Uint8Array, source: string): Promise<RawTable> =>
  tableOf('parquet', 'a Parquet file', bytes, source);

/**
 * Reads the table in an Arrow IPC file or stream (Feather 2), plain or compressed with LZ4 or Zstandard.
 * @throws ConfigError if the bytes are neither
 */
export const arrowTable = (bytes: Uint8Array, source: string): Promise<RawTable> =>
  tableOf('arrow', 'an Arrow file', bytes, source);

async function tableOf(
  format: 'parquet' | 'arrow',
  kind: string,
  bytes: Uint8Array,
  source: string,
): Promise<RawTable> {
  const { names, rows, cells } = await readColumns(format, bytes).catch((error: unknown) => {
    if (!(error instanceof UnreadableFile)) throw error;
    throw new ConfigError(`${source} is not ${kind} that can be read`, [error.message]);
  });
  if (rows === 0) refuse(source, ['it has no rows']);
  return {
    source,
    columns: names,
    counted: 'row',
    rows: Array.from({ length: rows }, (_, row) => ({ number: row + 1, cells: cells.map((column) => column[row]!) })),
  };
}

/**
 * Writes rows as a Parquet file with every column that occurs in any of them; a column of numbers holds integers if all are whole, else
 * doubles. Iterates over the rows twice.
 */
export function parquetOf(rows: Iterable<FlatRow>): Uint8Array {
  const columns = columnsOf(rows).map((name) => ({ name, data: [] as Cell[] }));
  for (const row of rows) for (const { name, data } of columns) data.push(row[name] ?? null);
  const columnData = columns.map(({ name, data }) => {
    const type = typeOf(data);
    return {
      name,
      data: type === 'STRING' ? data.map((cell) => (cell === null ? null : String(cell))) : data,
      type,
      nullable: true,
    };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function typeOf(cells: readonly Cell[]): 'STRING' | 'INT32' | 'DOUBLE' {
  const isInteger = (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  if (cells.some((cell) => typeof cell === 'string')) return 'STRING';
  return cells.every((cell) => cell === null || isInteger(Number(cell))) ? 'INT32' : 'DOUBLE';
}
