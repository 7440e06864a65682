import { expect, test } from 'vitest';
import { clusteredOrder, matrixTable } from '../../../../lib/report/charts/matrix.ts';

const groups = [0, 1, 0, 1, 0];
const value = (row: number, column: number) => (groups[row] === groups[column] ? 0.9 : 0.1);

test('datasets that agree stand together, and the reference is in the first half', () => {
  const order = clusteredOrder(5, value);
  expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(order.map((index) => groups[index]).join('')).toBe('00011');
});

test('a matrix of one dataset, and of none, has an order', () => {
  expect(clusteredOrder(1, value)).toEqual([0]);
  expect(clusteredOrder(0, value)).toEqual([]);
});

test('the lower triangle has each pair once, with its sign', () => {
  const names = ['a', '<b>', 'c'].map((title) => ({ title, isOfParts: false }));
  const { text } = matrixTable({
    names,
    value: (row, column) => (row + column === 1 ? -0.25 : row + column === 2 ? null : 0.5),
  });
  expect(text.match(/class="(positive|negative|none)"/g)).toHaveLength(3);
  expect(text).toContain('−0.25');
  expect(text).not.toContain('<b>');
});
