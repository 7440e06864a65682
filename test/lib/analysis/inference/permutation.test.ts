import { describe, expect, test } from 'vitest';
import { maxTPValues, permutationTests } from '../../../../lib/analysis/inference/permutation.ts';
import { Kernel } from '../../../../lib/analysis/kernel/kernel.ts';
import { stream } from '../../../../lib/core/random.ts';
import { spearman } from '../definitions.ts';

const kernel = new Kernel();

const testsOf = (vectors: Float64Array[], other: Float64Array, permutations = 400, seed = 1) =>
  permutationTests(kernel, { permutations, seed }, vectors, other);

describe('a permutation p-value', () => {
  test('is the share of pairings at least as far from 0, counting the observed one', () => {
    // Of the 24 pairings of four ranks, 2 are as far: the same and the opposite order.
    const line = Float64Array.of(1, 2, 3, 40);
    const { pValues } = testsOf([line, line.map((value) => -value)], line, 20_000);
    for (const pValue of pValues) expect(pValue).toBeCloseTo(2 / 24, 2);
  });

  test('is never 0', () => {
    const line = Float64Array.from({ length: 30 }, (_, index) => index);
    expect(testsOf([line], line).pValues).toEqual([1 / 401]);
  });

  test("is of Spearman's rho", () => {
    const random = stream(1, 'ranks');
    const [x, y] = [0, 1].map(() => Float64Array.from({ length: 21 }, () => random.integer(12))) as [
      Float64Array,
      Float64Array,
    ];
    expect(testsOf([x], y).observed[0]).toBeCloseTo(Math.abs(spearman([...x], [...y])), 12);
  });

  test('is null if the correlation is undefined', () => {
    const line = Float64Array.of(1, 2, 3);
    const constant = Float64Array.of(1, 1, 1);
    expect(testsOf([constant, line], line).pValues[0]).toBeNull();
    expect(testsOf([line], constant).pValues).toEqual([null]);
  });
});

describe('p-values corrected by maxT', () => {
  const random = stream(2, 'family');
  const vectors = Array.from({ length: 30 }, () => Float64Array.from({ length: 40 }, () => random.normal()));
  const related = vectors[0]!.map((value) => value + 0.1 * random.normal());

  test('have no floor that grows with the number of tests', () => {
    const calls = [testsOf(vectors, related, 2500), testsOf(vectors, vectors[1]!, 2500)];
    const corrected = maxTPValues(calls);
    expect(corrected[0]![0]).toBe(1 / 2501);
    expect(corrected[1]![1]).toBe(1 / 2501);
    for (const [call, own] of corrected.entries())
      own.forEach((pValue, index) => expect(pValue).toBeGreaterThanOrEqual(calls[call]!.pValues[index]!));
  });

  test('agree with all permutations of a small family', () => {
    // By hand of all 120 orders of five: Python, itertools.permutations, of x1, x2 against y.
    const y = Float64Array.of(1, 2, 3, 4, 5);
    const small = [Float64Array.of(1, 2, 3, 5, 4), Float64Array.of(2, 1, 4, 3, 5)];
    const [corrected] = maxTPValues([testsOf(small, y, 60_000)]);
    const expected = exactMaxT(
      small.map((x) => [...x]),
      [...y],
    );
    expected.forEach((pValue, index) => expect(Math.abs(corrected![index]! - pValue)).toBeLessThan(0.01));
  });

  test('reject a true hypothesis of a family of unrelated vectors in about 5 % of the samples', () => {
    const trials = 300;
    let rejected = 0;
    for (let trial = 0; trial < trials; trial++) {
      const sample = stream(trial, 'null');
      const draw = () => Float64Array.from({ length: 15 }, () => sample.normal());
      const [corrected] = maxTPValues([testsOf([draw(), draw(), draw(), draw()], draw(), 199, trial)]);
      if (corrected!.some((pValue) => pValue! <= 0.05)) rejected++;
    }
    expect(rejected / trials).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
    expect(rejected).toBeGreaterThan(0);
  });
});

/** Of every order of the second list. */
function exactMaxT(xs: number[][], y: number[]): number[] {
  const orders = (items: number[]): number[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
  const all = orders(y).map((order) => Math.max(...xs.map((x) => Math.abs(spearman(x, order)))));
  return xs.map((x) => all.filter((most) => most >= Math.abs(spearman(x, y)) - 1e-12).length / all.length);
}
