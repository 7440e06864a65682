import { expect, test } from 'vitest';
import { parquetOf, parquetTable } from '../../../lib/results/columnar-files.ts';

test('a table comes back from its Parquet file, with empty cells and every column that one of its rows has', async () => {
  const rows = [
    { name: 'a "quoted", name', n: 3, r: 0.125, note: null },
    { name: '<b>', n: -4, r: null, late: 'x' },
    { name: '', n: 2 ** 31, r: 1e-300 },
  ];
  const { columns, rows: read } = await parquetTable(parquetOf(rows), 'own.parquet');
  expect(columns).toEqual(['name', 'n', 'r', 'note', 'late']);
  expect(read.map(({ cells }) => cells)).toEqual([
    ['a "quoted", name', 3, 0.125, null, null],
    ['<b>', -4, null, null, 'x'],
    ['', 2 ** 31, 1e-300, null, null],
  ]);
});

test('a column with numbers and names is written as text', async () => {
  const { rows } = await parquetTable(parquetOf([{ x: 1.5 }, { x: 'a' }, { x: null }, { x: 0 }]), 'own.parquet');
  expect(rows.map(({ cells }) => cells)).toEqual([['1.5'], ['a'], [null], ['0']]);
});

test('a Parquet file without rows is refused', async () => {
  await expect(parquetTable(parquetOf([]), 'none.parquet')).rejects.toThrow(/none.parquet is not a/);
});
