import { expect, test } from 'vitest';
import { commonRanks, extremesOf, sharedExtremes } from '../../../lib/report/rankings.ts';

test('ranks are among the networks that have both errors; ties share the first place', () => {
  expect(commonRanks([0.3, 0.1, null, 0.1], [0.2, 0.4, 0.1, 0.5])).toEqual([[3, 1], [1, 2], null, [1, 3]]);
});

test('the best and the worst of two rankings are compared, at most a third of all', () => {
  const ranks = Array.from({ length: 12 }, (_, index): [number, number] => [
    index + 1,
    index < 4 ? index + 1 : 16 - index,
  ]);
  expect(extremesOf(ranks)).toBe(4);
  expect(sharedExtremes(ranks, 4)).toEqual({ best: 4, worst: 0 });
  expect(sharedExtremes(ranks, 0)).toEqual({ best: 0, worst: 0 });
});
