import { expect, test } from 'vitest';
import { shareOf } from '../../workflows/shares.ts';

const shares = (most: number | null, datasets = ['a', 'b', 'c'], reference = 'b') =>
  datasets.map((dataset) => shareOf(dataset, datasets, most, reference));

test('are even, and never more together than the study may have', () => {
  expect(shares(null)).toEqual([Infinity, Infinity, Infinity]);
  expect(shares(9)).toEqual([3, 3, 3]);
  expect(shares(8)).toEqual([3, 3, 2]);
  expect(shares(7)).toEqual([2, 3, 2]);
});

test('if there are fewer runs than datasets, the reference is first, then the order of the datasets', () => {
  expect(shares(1)).toEqual([0, 1, 0]);
  expect(shares(2)).toEqual([1, 1, 0]);
  expect(shares(2, ['a', 'c'])).toEqual([1, 1]);
  expect(shares(1, ['a', 'c'])).toEqual([1, 0]);
});
