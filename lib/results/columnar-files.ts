import { CompressionType, setCompressionCodec, tableFromIPC } from '@uwdata/flechette';
import { decompress as decompressZstd } from 'fzstd';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import lz4 from 'lz4js';
import { ConfigError } from '../core/errors.ts';
import { columnsOf, type FlatRow } from './flat-rows.ts';
import { refuse, repeatedColumns, type Cell, type RawTable } from './raw-table.ts';

const readOnly = () => {
  throw new Error('Arrow files can only be read');
};
// Copied, because numbers are read in place and must be aligned.
setCompressionCodec(CompressionType.LZ4_FRAME, { decode: (bytes) => lz4.decompress(bytes).slice(), encode: readOnly });
setCompressionCodec(CompressionType.ZSTD, { decode: (bytes) => decompressZstd(bytes).slice(), encode: readOnly });

/**
 * The table in a Parquet file.
 * @throws ConfigError if the bytes are not a Parquet file
 */
export async function parquetTable(bytes: Uint8Array, source: string): Promise<RawTable> {
  const file = bytes.slice().buffer;
  const rows = await readable(source, 'a Parquet file', () => parquetReadObjects({ file, compressors }));
  return tableOf(source, Object.keys(rows[0] ?? {}), rows);
}

/**
 * The table in an Arrow IPC file or stream (Feather 2), plain or compressed with LZ4 or Zstandard.
 * @throws ConfigError if the bytes are neither
 */
export async function arrowTable(bytes: Uint8Array, source: string): Promise<RawTable> {
  const { columns, rows } = await readable(source, 'an Arrow file', () => {
    const table = tableFromIPC(bytes);
    return { columns: table.names.map(String), rows: table.toArray() };
  });
  return tableOf(source, columns, rows);
}

async function readable<T>(source: string, kind: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new ConfigError(`${source} is not ${kind}`, [(error as Error).message]);
  }
}

function tableOf(source: string, columns: readonly string[], rows: readonly Record<string, unknown>[]): RawTable {
  if (rows.length === 0) refuse(source, ['it has no rows']);
  refuse(source, repeatedColumns(columns));
  const cells = (row: Record<string, unknown>) => columns.map((column) => cellOf(row[column]));
  return {
    source,
    columns,
    counted: 'row',
    rows: rows.map((row, index) => ({ number: index + 1, cells: cells(row) })),
  };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

/**
 * Rows as a Parquet file with every column that occurs in any of them; a column of numbers holds integers if all are whole, else doubles.
 * The rows are iterated twice.
 */
export function parquetOf(rows: Iterable<FlatRow>): Uint8Array {
  const columns = columnsOf(rows).map((name) => ({ name, data: [] as Cell[] }));
  for (const row of rows) for (const { name, data } of columns) data.push(row[name] ?? null);
  const columnData = columns.map(({ name, data }) => {
    const type = typeOf(data);
    return { name, data: type === 'STRING' ? data.map((cell) => cell && String(cell)) : data, type, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function typeOf(cells: readonly Cell[]): 'STRING' | 'INT32' | 'DOUBLE' {
  const isInteger = (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  if (cells.some((cell) => typeof cell === 'string')) return 'STRING';
  return cells.every((cell) => cell === null || isInteger(Number(cell))) ? 'INT32' : 'DOUBLE';
}
