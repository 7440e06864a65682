import { describe, expect, test } from 'vitest';
import { Kernel } from '../../../lib/analysis/kernel/kernel.ts';
import { permutationPValues } from '../../../lib/analysis/permutation.ts';
import { stream } from '../../../lib/core/random.ts';

const kernel = new Kernel();
const pValueOf = (x: Float64Array, y: Float64Array, permutations: number, seed = 1) =>
  permutationPValues(kernel, { permutations, seed }, [x], y)[0]!;

describe('a permutation p-value', () => {
  test('is the share of pairings at least as far from 0, counting the observed one', () => {
    // of the 24 pairings of four points on a line, 2 are as far: the same and the opposite order
    const line = Float64Array.of(1, 2, 3, 4);
    const opposite = line.map((value) => -value);
    expect(pValueOf(line, line, 20_000)).toBeCloseTo(2 / 24, 2);
    expect(pValueOf(line, opposite, 20_000)).toBeCloseTo(2 / 24, 2);
  });

  test('is never 0', () => {
    const line = Float64Array.from({ length: 30 }, (_, index) => index);
    expect(pValueOf(line, line, 400)).toBe(1 / 401);
  });

  test('is the same whatever other columns are tested, of which each has the architectures that it shares', () => {
    const random = stream(3, 'columns');
    const column = (missing: number) =>
      Float64Array.from({ length: 25 }, (_, index) => (index < missing ? NaN : random.normal()));
    const [columns, y] = [[column(0), column(0), column(4), column(0), column(2)], column(1)];
    const together = permutationPValues(kernel, { permutations: 400, seed: 2 }, columns, y);
    expect(together).toEqual(columns.map((x) => pValueOf(x, y, 400, 2)));
    const complete = (values: Float64Array) => values.slice(4);
    expect(together[2]).toBe(pValueOf(complete(columns[2]!), complete(y), 400, 2));
  });

  test('is null where the correlation is undefined', () => {
    expect(pValueOf(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3), 99)).toBeNull();
    expect(pValueOf(Float64Array.of(1, 2, 3), Float64Array.of(1, 1, 1), 99)).toBeNull();
    expect(pValueOf(Float64Array.of(1, 2), Float64Array.of(1, 2), 99)).toBeNull();
  });
});
