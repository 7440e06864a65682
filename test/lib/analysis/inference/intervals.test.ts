import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { interval, quantileOf } from '../../../../lib/analysis/inference/intervals.ts';
import { withRankInterval } from '../../../../lib/analysis/inference/rank-intervals.ts';
import type { Estimate } from '../../../../lib/analysis/resampling/estimate.ts';
import { stream } from '../../../../lib/core/random.ts';
import cases from '../golden/intervals-cases.json' with { type: 'json' };

const figureOf = (n: number, own: number, draws: readonly number[], jackknife: readonly number[]): Estimate => ({
  n,
  values: Float64Array.from([own, ...draws, ...jackknife]),
});
const replicates = (resamples: number, groups: number) => ({
  items: 0,
  resamples,
  groups,
  states: new Int32Array(),
  clusters: null,
});

describe.each(cases)('intervals of $name draws', ({ n, own, draws, jackknife, percentile, bca, fisher }) => {
  const figure = figureOf(n, own, draws, jackknife);
  const shape = replicates(draws.length, jackknife.length);

  test.each([
    ['percentile', percentile],
    ['bca', bca],
  ] as const)("are NumPy's by the %s method", (method, expected) => {
    interval(figure, shape, method)!.forEach((end, side) => expect(Math.abs(end - expected[side]!)).toBeLessThan(1e-9));
  });

  test.skipIf(fisher === null)(
    "of a rank correlation are NumPy's on Fisher's scale, unless all are to be made by bca",
    () => {
      const { value, ci95 } = withRankInterval(figure, { replicates: shape, intervals: 'percentile' });
      expect(value).toBe(own);
      ci95!.forEach((end, side) => expect(Math.abs(end - fisher![side]!)).toBeLessThan(1e-9));
      expect(withRankInterval(figure, { replicates: shape, intervals: 'bca' }).ci95).toEqual(
        interval(figure, shape, 'bca'),
      );
    },
  );
});

test('intervals leave out resamples in which a figure is undefined, and are null if the sample or all resamples are', () => {
  const draws = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? NaN : index));
  const shape = replicates(100, 0);
  const defined = draws.filter((draw) => !Number.isNaN(draw));
  expect(interval(figureOf(30, 50, draws, []), shape, 'percentile')).toEqual(
    interval(figureOf(30, 50, defined, []), replicates(50, 0), 'percentile'),
  );
  expect(interval(figureOf(30, NaN, draws, []), shape, 'bca')).toBeNull();
  expect(
    interval(
      figureOf(
        30,
        1,
        draws.map(() => NaN),
        [],
      ),
      shape,
      'bca',
    ),
  ).toBeNull();
});

test('a figure that is the same in all resamples has an interval of no width', () => {
  const ones = Array.from({ length: 50 }, () => 1);
  for (const method of ['percentile', 'bca'] as const)
    expect(interval(figureOf(20, 1, ones, ones.slice(30)), replicates(50, 20), method)).toEqual([1, 1]);
});

test('few architectures, or few that weigh, widen an interval', () => {
  const random = stream(1, 'draws');
  const draws = Array.from({ length: 2000 }, () => random.normal());
  const width = (n: number, sampleSize = n) => {
    const [low, high] = interval(figureOf(n, 0, draws, []), replicates(2000, 0), 'percentile', sampleSize)!;
    return high - low;
  };
  expect(width(10)).toBeGreaterThan(1.1 * width(1000));
  expect(width(1000, 10)).toBe(width(10));
  expect(width(1000)).toBeCloseTo(2 * 1.96, 0);
});

test('quantiles lie between order statistics', () => {
  expect(quantileOf(Float64Array.of(4, 1, 3, 2), 0.5)).toBe(2.5);
  expect(quantileOf(Float64Array.of(4, 1, 3, 2), 1)).toBe(4);
});

test.each([
  [6, 0.62],
  [12, 0.98],
])(
  'full agreement of %i networks, which is the same in all resamples, has an interval with a width, up to 1',
  (n, low) => {
    const rows = Array.from({ length: n }, (_, i) =>
      ['imagenet', 'sketch'].map((dataset) => ({
        architecture: `net-${i}`,
        dataset,
        seed: 0,
        top1Error: 0.2 + 0.01 * i,
      })),
    ).flat();
    const options = { reference: 'imagenet', bootstrapResamples: 200, seed: 0, parameters: [] };
    const { targets, correlations } = analyzeResults(rows, options);
    for (const found of [targets[0]!.verdictCi95!, correlations[0]!.spearmanCi95!]) {
      expect(found[0]).toBeCloseTo(low, 1);
      expect(found[1]).toBe(1);
    }
    expect(targets[0]!.verdict).toBe('holds');
  },
);
