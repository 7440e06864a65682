import { CompressionType, setCompressionCodec } from '@uwdata/flechette/src/index.js';
import { decodeIPC } from '@uwdata/flechette/src/decode/decode-ipc.js';
import { createTable } from '@uwdata/flechette/src/decode/table-from-ipc.js';
import { decompress as decompressZstd } from 'fzstd';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { ConfigError } from '../core/errors.ts';
import { columnsOf, type FlatRow } from './flat-rows.ts';
import { decompressLz4Frame } from './lz4-frame.ts';
import { refuse, repeatedColumns, type Cell, type RawTable } from './raw-table.ts';

const readOnly = () => {
  throw new Error('Arrow files can only be read');
};
setCompressionCodec(CompressionType.LZ4_FRAME, { decode: (bytes) => decompressLz4Frame(bytes), encode: readOnly });
// Copied, because numbers are read in place and must be aligned.
setCompressionCodec(CompressionType.ZSTD, { decode: (bytes) => decompressZstd(bytes).slice(), encode: readOnly });

/**
 * The table in a Parquet file.
 * @throws ConfigError if the bytes are not a Parquet file
 */
export async function parquetTable(bytes: Uint8Array, source: string): Promise<RawTable> {
  const file = new Uint8Array(bytes).buffer;
  const { columns, rows } = await readable(source, 'a Parquet file', async () => {
    const metadata = parquetMetadata(file);
    // Rows as objects would hide that two columns have one name.
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    return { columns: names, rows: await parquetReadObjects({ file, metadata, compressors }) };
  });
  return tableOf(source, columns, rows);
}

/**
 * The table in an Arrow IPC file or stream (Feather 2), plain or compressed with LZ4 or Zstandard.
 * @throws ConfigError if the bytes are neither
 */
export async function arrowTable(bytes: Uint8Array, source: string): Promise<RawTable> {
  const { columns, rows } = await readable(source, 'an Arrow file', () => {
    const { dictsBeforeRecord, ...data } = decodeIPC(bytes);
    // Files may have their dictionaries after the records (those of polars do); in a stream one may replace an earlier one.
    const table = createTable(
      isArrowFile(bytes) || dictsBeforeRecord === undefined ? data : { ...data, dictsBeforeRecord },
      { useBigInt: true },
    );
    return { columns: table.names.map(String), rows: table.toArray() };
  });
  return tableOf(source, columns, rows);
}

const isArrowFile = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 6)).toString('latin1') === 'ARROW1';

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
  // An infinite number is no result: as text it is refused under its name.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return value;
  // An id that no double can hold keeps all its digits.
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return String(member);
    return member instanceof Map ? [...member] : member;
  });
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
