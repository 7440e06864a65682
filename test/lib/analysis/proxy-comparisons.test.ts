import { expect, test } from 'vitest';
import { analyzeResults } from '../../../lib/analysis/index.ts';
import { stream } from '../../../lib/core/random.ts';
import { options, rowsOf } from './results.ts';

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
  expect(comparisonOf('better').pearsonDifference).toBeGreaterThan(0.1);
  expect(comparisonOf('better').pValueHolm).toBeLessThan(0.01);
  expect(comparisonOf('better').pearsonDifferenceCi95![0]).toBeGreaterThan(0);
  expect(comparisonOf('alike').pValue).toBeGreaterThan(0.05);
  const [low, high] = comparisonOf('alike').spearmanDifferenceCi95!;
  expect(low).toBeLessThan(0);
  expect(high).toBeGreaterThan(0);
  expect(comparisonOf('better').architecturesNeeded).toBeLessThan(comparisonOf('alike').architecturesNeeded!);
});

test('differences keep their signs: a reversed ranking is no good proxy', () => {
  expect(comparisonOf('opposed').proxyPearson).toBeLessThan(-0.9);
  expect(comparisonOf('opposed').pearsonDifference).toBeLessThan(-1.5);
});

test('a difference is that of the correlations beside it, and its interval is narrower than theirs: resamples are paired', () => {
  const { pearsonDifference, proxyPearson, referencePearson, pearsonDifferenceCi95 } = comparisonOf('better');
  expect(pearsonDifference).toBeCloseTo(proxyPearson! - referencePearson!, 12);
  const width = ([low, high]: readonly [number, number]) => high - low;
  const pair = (a: string) => analysis.correlations.find((found) => found.a === a && found.b === 'target')!;
  expect(width(pearsonDifferenceCi95!)).toBeLessThan(width(pair('reference').pearsonCi95!) + 0.05);
});
