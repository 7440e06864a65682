import { expect, test } from 'vitest';
import { columnOrder } from '../../../../lib/analysis/resampling/column-order.ts';
import { stream } from '../../../../lib/core/random.ts';

test('items are in ascending order, with the ends of runs of equal values, their ranks without gaps, and which are tied', () => {
  const { order, last, level, levels, tied } = columnOrder(Float64Array.of(0.3, -1, 0.3, 0.2, 0.3));
  expect([...order]).toEqual([1, 3, 0, 2, 4]);
  expect([...last]).toEqual([1, 1, 0, 0, 1]);
  expect([...level]).toEqual([2, 0, 2, 1, 2]);
  expect(levels).toBe(3);
  expect([...tied]).toEqual([1, 0, 1, 0, 1]);
});

test('another column resolves ties', () => {
  const tieBreak = Float64Array.of(5, 9, 3, 9, 4);
  expect([...columnOrder(Float64Array.of(0.3, -1, 0.3, 0.2, 0.3), tieBreak).order]).toEqual([1, 3, 2, 4, 0]);
});

test('an order equals sorting by both columns', () => {
  const random = stream(1, 'order');
  const [x, y] = [8, 4].map((values) => Float64Array.from({ length: 300 }, () => random.integer(values) - 3)) as [
    Float64Array,
    Float64Array,
  ];
  const expected = [...x.keys()].sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]! || a - b);
  expect([...columnOrder(x, y).order]).toEqual(expected);
  expect([...columnOrder(new Float64Array(0)).order]).toEqual([]);
});
