import { expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(4, 'ranges');
const further = Array.from({ length: 100 }, () => ({ d1: 1 + random.integer(16) }));
const low = further.map(({ d1 }) => 0.1 + 0.01 * d1 + 0.01 * random.uniform());
const high = further.map(({ d1 }) => 0.5 - 0.01 * d1 + 0.01 * random.uniform());

const rows = [...rowsOf('reference', low, { further }), ...rowsOf('target', high, { further })];
const { ranges } = analyzeResults(rows, options({ parameters: ['d1'], bootstrapResamples: 2500 }));

test("a range is that of pycls' filters: the best of many draws of a quarter of the population", () => {
  const draws = Array.from({ length: 20_000 }, () => {
    const drawn = Array.from({ length: 25 }, () => random.integer(100));
    return further[drawn.reduce((best, item) => (low[item]! < low[best]! ? item : best))]!.d1;
  }).sort((a, b) => a - b);
  const [range] = ranges;
  expect(range).toMatchObject({ parameter: 'd1', dataset: 'reference', n: 100 });
  expect(range!.low).toBe(draws[500]);
  expect(range!.median).toBe(draws[10_000]);
  expect(Math.abs(range!.high - draws[19_500]!)).toBeLessThanOrEqual(1);
});
