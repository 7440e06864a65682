import { expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(1, 'proxies');
const target = Array.from({ length: 120 }, () => 0.3 + 0.05 * random.normal());
const near = (noise: number) => target.map((error) => error + noise * random.normal());

const rows = [
  ...rowsOf('reference', near(0.05)),
  ...rowsOf('target', target),
  ...rowsOf('better', near(0.01)),
  ...rowsOf('alike', near(0.05)),
  ...rowsOf(
    'partial',
    near(0.05).map((error, index) => (index < 40 ? null : error)),
  ),
  ...rowsOf(
    'opposed',
    near(0.01).map((error) => 1 - error),
  ),
];

const analysis = analyzeResults(rows, options({ bootstrapResamples: 1000 }));
const comparisons = analysis.comparisons.filter((comparison) => comparison.target === 'target');
const comparisonOf = (proxy: string) => comparisons.find((comparison) => comparison.proxy === proxy)!;

test('every other dataset is compared with the reference, over the architectures that have all three errors', () => {
  expect(comparisons.map(({ proxy, n }) => [proxy, n])).toEqual([
    ['better', 120],
    ['alike', 120],
    ['partial', 80],
    ['opposed', 120],
  ]);
});

test('a better proxy is told from the reference, one that is alike is not', () => {
  expect(comparisonOf('better')).toMatchObject({ kind: 'dataset', verdict: 'better' });
  expect(comparisonOf('better').difference).toBeGreaterThan(0.1);
  expect(comparisonOf('better').pValueCorrected).toBeLessThan(0.01);
  expect(comparisonOf('better').differenceCi95![0]).toBeGreaterThan(0);
  expect(comparisonOf('alike').verdict).toBe('undecided');
  expect(comparisonOf('alike').pValue).toBeGreaterThan(0.05);
  const [low, high] = comparisonOf('alike').differenceCi95!;
  expect(low).toBeLessThan(0);
  expect(high).toBeGreaterThan(0);
});

test('differences keep their signs: a reversed ranking is no good proxy', () => {
  expect(comparisonOf('opposed').proxyPearson).toBeLessThan(-0.9);
  expect(comparisonOf('opposed').pearsonDifference).toBeLessThan(-1.5);
});

test('a difference is the difference of the rank correlations beside it', () => {
  const { difference, proxySpearman, referenceSpearman, differenceCi95 } = comparisonOf('better');
  expect(difference).toBeCloseTo(proxySpearman! - referenceSpearman!, 12);
  expect(differenceCi95![0]).toBeLessThan(difference!);
  expect(differenceCi95![1]).toBeGreaterThan(difference!);
});

test('measures of size are compared with the reference, and better only if their interval says so', () => {
  const further = target.map((error) => ({
    params: Math.round(1e6 * (1 - error)),
    flops: Math.round(1e6 * random.uniform()),
  }));
  const { comparisons: found } = analyzeResults(
    [...rowsOf('reference', near(0.05), { further }), ...rowsOf('target', target, { further })],
    options({ bootstrapResamples: 1000, parameters: ['params', 'flops'] }),
  );
  expect(found.map(({ kind, proxy, verdict }) => [kind, proxy, verdict])).toEqual([
    ['size', 'params', 'better'],
    ['size', 'flops', 'worse'],
  ]);
  expect(found[0]!.proxySpearman).toBeCloseTo(1, 3);
});

test('architectures needed are for a difference of 0.1, so they do not depend on the one that was found', () => {
  const { n, architecturesNeeded, differenceCi95 } = comparisonOf('alike');
  // The reach is above 1.96 standard errors, as it is simultaneous: the number is at most what the reach would ask for.
  const reach = (differenceCi95![1] - differenceCi95![0]) / 2;
  expect(architecturesNeeded).toBeLessThan(n * ((2.8016 * reach) / 1.96 / 0.1) ** 2);
  expect(architecturesNeeded).toBeGreaterThan(n * ((2.8016 * reach) / 4 / 0.1) ** 2);
});
