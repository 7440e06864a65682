import { parquetMetadata, parquetRead, parquetSchema, type Compressors, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { cellOf, checkNames, checkPart, type ColumnCell, type Columns } from './columns.ts';
import { decompressZstandard } from './zstandard.ts';

const bounded: Compressors = Object.fromEntries(
  Object.entries({ ...compressors, ZSTD: (bytes: Uint8Array) => decompressZstandard(bytes) }).map(
    ([codec, decompress]) => [
      codec,
      (bytes: Uint8Array, length: number) => {
        checkPart(length);
        return decompress(bytes, length);
      },
    ],
  ),
);

/**
 * Reads the table in a Parquet file.
 * @param only names of the columns to read; names that the file lacks are ignored
 * @throws any error if the bytes are not a Parquet file, or damaged
 */
export async function parquetColumns(bytes: Uint8Array, only?: readonly string[]): Promise<Columns> {
  const file = new Uint8Array(bytes).buffer;
  const metadata = parquetMetadata(file);
  const all = parquetSchema(metadata).children.map(({ element }) => element.name);
  checkNames(all);
  const counts = metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (counts.some((count) => count < 0) || rows !== Number(metadata.num_rows))
    throw new Error(`it declares ${metadata.num_rows} rows, but its groups have ${counts.join(' + ')}`);
  const names = only === undefined ? all : all.filter((name) => only.includes(name));
  const cells: ColumnCell[][] = [];
  for (const name of names) {
    const column: ColumnCell[] = [];
    for (const count of counts) await readGroup(file, metadata, name, column, count);
    cells.push(column);
  }
  return { names, rows, cells };
}

/** Appends one group's rows to a column. Columns are read one by one: together, a failure of one would leave those of others unhandled. */
async function readGroup(
  file: ArrayBuffer,
  metadata: FileMetaData,
  name: string,
  column: ColumnCell[],
  count: number,
): Promise<void> {
  const first = column.length;
  await parquetRead({
    file,
    metadata,
    compressors: bounded,
    columns: [name],
    rowStart: first,
    rowEnd: first + count,
    onChunk({ columnData }) {
      for (let row = 0; row < columnData.length; row++) column.push(cellOf(columnData[row]));
    },
  });
  // Otherwise a damaged count would drop cells or move them to other rows.
  if (column.length !== first + count)
    throw new Error(`column ${name} has ${column.length - first} values in ${count} rows`);
}
