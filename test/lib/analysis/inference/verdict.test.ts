import { expect, test } from 'vitest';
import { sideOf, verdictOf } from '../../../../lib/analysis/inference/verdict.ts';

test.each([
  [[0.31, 0.9], 'holds'],
  [[0.3, 0.9], 'weak'],
  [[0.01, 0.31], 'weak'],
  [[-0.9, -0.01], 'weak'],
  [[-0.9, -0.31], 'reversed'],
  [[-0.3, 0.3], 'gone'],
  [[0.01, 0.2], 'gone'],
  [[-0.3, 0.31], 'undecided'],
  [[0, 0.5], 'undecided'],
  [null, 'undecided'],
] as const)('a simultaneous interval of %o is the verdict %s', (interval, verdict) => {
  expect(verdictOf(interval)).toBe(verdict);
});

test('an interval lies on a side of 0 only if it excludes it', () => {
  expect(
    [
      [0.1, 0.2],
      [-0.2, -0.1],
      [-0.1, 0.1],
      [0, 1],
    ].map((of) => sideOf(of as [number, number])),
  ).toEqual([1, -1, 0, 0]);
  expect(sideOf(null)).toBe(0);
});
