import { expect, test } from 'vitest';
import { seedsNeeded } from '../../../lib/analysis/projection.ts';
import { analyzeResults } from '../../../lib/analysis/index.ts';
import { stream } from '../../../lib/core/random.ts';
import { options, rowsOf } from './results.ts';

const noise = { seedCorrelation: 0.6, seedsEach: 1 };

test('a difference that is told from 0 already needs one seed, a smaller one more, and none too many', () => {
  const needed = (proxy: number, error: number) =>
    seedsNeeded({ proxy, reference: 0.3, between: 0.4 }, error, 2.8, noise, noise, noise);
  expect(needed(0.5, 0.05)).toBe(1);
  expect(needed(0.5, 0.09)).toBeGreaterThan(1);
  expect(needed(0.5, 0.09)!).toBeLessThan(needed(0.5, 0.11)!);
  expect(needed(0.31, 0.1)).toBeNull();
});

test('nothing is projected where the noise of seeds or a correlation is unknown', () => {
  const triple = { proxy: 0.5, reference: 0.3, between: 0.4 };
  expect(seedsNeeded(triple, 0.05, 2.8, undefined, noise, noise)).toBeNull();
  expect(seedsNeeded({ ...triple, between: null }, 0.05, 2.8, noise, noise, noise)).toBeNull();
});

/** Errors of a target, of a proxy and of the reference, with so much noise in each. */
function study(architectures: number, seed: number) {
  const random = stream(seed, 'study');
  const errors = Array.from({ length: architectures }, () => {
    const target = random.normal();
    return [target, 0.8 * target + 0.6 * random.normal(), 0.6 * target + 0.8 * random.normal()];
  });
  const rows = ['target', 'proxy', 'reference'].flatMap((dataset, which) =>
    rowsOf(
      dataset,
      errors.map((values) => 0.5 + 0.05 * values[which]!),
    ),
  );
  return analyzeResults(rows, options()).comparisons.find(({ target }) => target === 'target')!;
}

test('as many architectures as are said to be needed tell proxies apart in about four of five studies', () => {
  const needed = Array.from({ length: 30 }, (_, seed) => study(400, seed).architecturesNeeded!).sort(
    (a, b) => a - b,
  )[15]!;
  expect(needed).toBeGreaterThan(30);
  const told = Array.from({ length: 60 }, (_, seed) => study(needed, 100 + seed).pValue! < 0.05).filter(Boolean).length;
  expect(told / 60).toBeGreaterThan(0.6);
  expect(told / 60).toBeLessThan(0.95);
});
