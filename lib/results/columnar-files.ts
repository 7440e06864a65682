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
    refuse(source, repeatedColumns(names));
    const rows: Record<string, unknown>[] = [];
    // One column of one group of rows at a time: hyparquet would leave the failures of others unhandled.
    for (const [first, { num_rows: count }] of withStarts(metadata.row_groups))
      for (const name of names) {
        const range = { rowStart: first, rowEnd: first + Number(count) };
        const values = await parquetReadObjects({ file, metadata, compressors, columns: [name], ...range });
        for (const [index, value] of values.entries()) Object.assign((rows[first + index] ??= {}), value);
      }
    return { columns: names, rows };
  });
  return tableOf(source, columns, rows);
}

/** Groups of rows with the index of the first row of each. */
function withStarts<Group extends { num_rows: bigint }>(groups: readonly Group[]): [number, Group][] {
  let start = 0;
  return groups.map((group) => {
    const first = start;
    start += Number(group.num_rows);
    return [first, group];
  });
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
    // A damaged length would otherwise be rows of nothing, as many as fill the memory.
    const batches = table.children.flatMap(({ data }) => data);
    if (!batches.every((batch) => isWhole(batch, 8 * bytes.length)))
      throw new Error('a column has fewer values than it says');
    return { columns: table.names.map(String), rows: table.toArray() };
  });
  return tableOf(source, columns, rows);
}

/** The buffers of a batch of values, which the types of flechette leave out. */
interface BatchBuffers {
  length: number;
  values?: { length: number; BYTES_PER_ELEMENT: number };
  offsets?: { length: number };
  children?: readonly BatchBuffers[];
}

/**
 * Whether the buffers of a batch hold as many values as it says.
 * @param most values of a batch without buffers, of a column that is null throughout
 */
function isWhole({ length, values, offsets, children = [] }: BatchBuffers, most: number): boolean {
  // Truth values are bits.
  const held = values && (values.BYTES_PER_ELEMENT === 1 ? 8 * values.length : values.length);
  return length <= (offsets?.length ?? held ?? most) && children.every((child) => isWhole(child, most));
}

const isArrowFile = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 6)).toString('latin1') === 'ARROW1';

async function readable<T>(source: string, kind: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
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
