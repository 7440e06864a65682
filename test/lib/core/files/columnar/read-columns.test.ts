import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { UnreadableFile } from '../../../../../lib/core/files/columnar/columns.ts';
import { readColumns } from '../../../../../lib/core/files/columnar/read-columns.ts';

const table = (name: string) => readFile(new URL(`../../../results/${name}`, import.meta.url));

const numbers = (rows: number) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'x', data: Float64Array.from({ length: rows }, (_, row) => row / 2), type: 'DOUBLE' },
        { name: 'y', data: Array.from({ length: rows }, (_, row) => `row ${row}`), type: 'STRING' },
      ],
    }),
  );

test('a file is read in a separate process, column by column; from a Parquet file, some columns may be chosen', async () => {
  const all = await readColumns('parquet', numbers(3));
  expect(all).toEqual({
    names: ['x', 'y'],
    rows: 3,
    cells: [
      [0, 0.5, 1],
      ['row 0', 'row 1', 'row 2'],
    ],
  });
  expect(await readColumns('parquet', numbers(3), ['y', 'z'])).toEqual({
    names: ['y'],
    rows: 3,
    cells: [['row 0', 'row 1', 'row 2']],
  });
});

test('files requested at the same time are read one after another', async () => {
  const read = await Promise.all([1, 2, 3, 4].map((rows) => readColumns('parquet', numbers(rows))));
  expect(read.map(({ rows }) => rows)).toEqual([1, 2, 3, 4]);
});

test('a damaged file that asks for any amount of memory is refused, and the next one is read', async () => {
  const bomb = await table('golden/stream.arrow');
  // The number of the buffers of its record batch, as FlatBuffers have it.
  bomb.writeInt32LE(0x7fffffff, 1372);
  const refusal = readColumns('arrow', bomb);
  const next = readColumns('parquet', numbers(2));
  await expect(refusal).rejects.toThrow(UnreadableFile);
  await expect(refusal).rejects.toThrow(/^reading it takes more than (3 s of processor time|1024 MiB of memory)$/);
  expect((await next).rows).toBe(2);
});

describe('a damaged Parquet file', () => {
  const metadataStart = (file: Buffer) => file.length - 8 - file.readUInt32LE(file.length - 8);

  test('is never misread: each changed byte of its metadata is refused, or changes no cell', async () => {
    const intact = Buffer.from(numbers(3));
    const expected = await readColumns('parquet', intact);
    let refused = 0;
    for (let at = metadataStart(intact); at < intact.length - 8; at++) {
      const changed = Buffer.from(intact);
      changed[at]! ^= 0x10;
      const found = await readColumns('parquet', changed).catch((error: unknown) => {
        expect(error).toBeInstanceOf(UnreadableFile);
        refused++;
      });
      if (found !== undefined) expect(found.rows).toBe(expected.rows);
    }
    expect(refused).toBeGreaterThan(20);
  });
});
