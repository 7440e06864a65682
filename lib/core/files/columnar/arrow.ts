import { CompressionType, setCompressionCodec } from '@uwdata/flechette/src/index.js';
import { decodeIPC } from '@uwdata/flechette/src/decode/decode-ipc.js';
import { createTable } from '@uwdata/flechette/src/decode/table-from-ipc.js';
import { cellOf, checkNames, largestPart, type Columns } from './columns.ts';
import { decompressLz4Frame } from './lz4-frame.ts';
import { decompressZstandard } from './zstandard.ts';

const readOnly = () => {
  throw new Error('Arrow files can only be read');
};
setCompressionCodec(CompressionType.LZ4_FRAME, {
  decode: (bytes) => decompressLz4Frame(bytes, largestPart),
  encode: readOnly,
});
setCompressionCodec(CompressionType.ZSTD, { decode: decompressZstandard, encode: readOnly });

/**
 * Reads the table in an Arrow IPC file or stream (Feather 2), plain or compressed with LZ4 or Zstandard.
 * @throws any error if the bytes are neither, or damaged
 */
export function arrowColumns(bytes: Uint8Array): Columns {
  // Copied because numbers are read in place and must be aligned.
  const { dictsBeforeRecord, ...data } = decodeIPC(Uint8Array.from(bytes));
  // Files may hold dictionaries after the records (polars writes them so); in a stream, one dictionary may replace an earlier one.
  const table = createTable(
    isArrowFile(bytes) || dictsBeforeRecord === undefined ? data : { ...data, dictsBeforeRecord },
    { useBigInt: true },
  );
  const names = table.names.map(String);
  checkNames(names);
  const { numRows: rows, children } = table;
  children.forEach(({ length, data }, index) => {
    if (length !== rows) throw new Error(`column ${names[index]} has ${length} values in ${rows} rows`);
    // Otherwise a damaged length would give empty rows until memory is full.
    if (!data.every((batch) => isWhole(batch, 8 * bytes.length)))
      throw new Error(`column ${names[index]} has fewer values than it declares`);
  });
  return { names, rows, cells: children.map((column) => Array.from(column as Iterable<unknown>, cellOf)) };
}

/** The buffers of a batch of values, which flechette's types omit. */
interface BatchBuffers {
  length: number;
  values?: { length: number; BYTES_PER_ELEMENT: number };
  offsets?: { length: number };
  children?: readonly BatchBuffers[];
}

/**
 * Whether the buffers of a batch hold as many values as it declares.
 * @param most limit on the values of a batch without buffers, from a column that is entirely null
 */
function isWhole({ length, values, offsets, children = [] }: BatchBuffers, most: number): boolean {
  // Booleans are stored as bits.
  const held = values && (values.BYTES_PER_ELEMENT === 1 ? 8 * values.length : values.length);
  return length <= (offsets?.length ?? held ?? most) && children.every((child) => isWhole(child, most));
}

const isArrowFile = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 6)).toString('latin1') === 'ARROW1';
