import { describe, expect, it } from 'vitest';
import { holm, permutationPValue } from '../../analysis/permutation.ts';
import { stream } from '../../core/random.ts';

describe('a permutation p-value', () => {
  it('is the share of pairings at least as far from 0, counting the observed one', () => {
    // of the 24 pairings of four points on a line, 2 are as far: the same and the opposite order
    const line = Float64Array.of(1, 2, 3, 4);
    expect(permutationPValue(line, line, 20_000, stream(1, 'p'))).toBeCloseTo(2 / 24, 2);
    expect(
      permutationPValue(
        line,
        line.map((value) => -value),
        20_000,
        stream(1, 'p'),
      ),
    ).toBeCloseTo(2 / 24, 2);
  });

  it('is never 0', () => {
    const line = Float64Array.from({ length: 30 }, (_, index) => index);
    expect(permutationPValue(line, line, 99, stream(1, 'p'))).toBe(1 / 100);
  });

  it('is below 0.05 in about 5 of a hundred unrelated pairs', () => {
    let below = 0;
    for (let trial = 0; trial < 300; trial++) {
      const random = stream(trial, 'unrelated');
      const [x, y] = [0, 0].map(() => Float64Array.from({ length: 20 }, () => random.normal()));
      if ((permutationPValue(x!, y!, 199, stream(trial, 'p')) as number) <= 0.05) below++;
    }
    expect(below).toBeGreaterThan(4);
    expect(below).toBeLessThan(30);
  });

  it('is null where the correlation is undefined', () => {
    expect(permutationPValue(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3), 99, stream(1, 'p'))).toBeNull();
    expect(permutationPValue(Float64Array.of(1, 2), Float64Array.of(1, 2), 99, stream(1, 'p'))).toBeNull();
  });
});

describe("Holm's correction", () => {
  it('multiplies the smallest by the number of tests, the next by one less, and never falls', () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]) as number[];
    expect(corrected.map((p) => Number(p.toFixed(6)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('stays at most 1, and does not count tests that are undefined', () => {
    expect(holm([0.5, null, 0.9])).toEqual([1, null, 1]);
    expect(holm([null])).toEqual([null]);
    expect(holm([])).toEqual([]);
  });
});
