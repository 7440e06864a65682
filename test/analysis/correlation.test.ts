import { sampleCorrelation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { averageRanks, coefficients, denseRanks, kendallTauB, pearson } from '../../analysis/correlation.ts';
import { stream } from '../../core/random.ts';

const column = (...values: number[]) => Float64Array.from(values);
const sign = (value: number) => Math.sign(value);

/** Tau-b by its definition, pair by pair. */
function tauBByPairs(x: Float64Array, y: Float64Array): number {
  let score = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const dx = sign(x[i]! - x[j]!);
      const dy = sign(y[i]! - y[j]!);
      score += dx * dy;
      untiedX += Math.abs(dx);
      untiedY += Math.abs(dy);
    }
  return score / Math.sqrt(untiedX * untiedY);
}

const randomColumn = (name: string, length: number, values: number) => {
  const random = stream(7, name);
  return Float64Array.from({ length }, () => random.integer(values) / values);
};

describe('correlation coefficients', () => {
  it('are 1 for the same order on a line and -1 for the opposite order', () => {
    const x = column(0.1, 0.4, 0.2, 0.3);
    const falling = x.map((value) => 1 - 2 * value);
    const rising = x.map((value) => 3 * value + 0.1);
    for (const value of Object.values(coefficients(x, rising))) expect(value).toBeCloseTo(1, 12);
    for (const value of Object.values(coefficients(x, falling))) expect(value).toBeCloseTo(-1, 12);
  });

  it('tell a line from a curve that only keeps the order', () => {
    const x = column(1, 2, 3, 4, 5);
    const {
      pearson: r,
      spearman,
      kendallTauB: tau,
    } = coefficients(
      x,
      x.map((value) => Math.exp(value)),
    );
    expect(r).toBeLessThan(0.95);
    expect(spearman).toBeCloseTo(1, 12);
    expect(tau).toBeCloseTo(1, 12);
  });

  it('are undefined for fewer than three pairs', () => {
    expect(coefficients(column(1, 2), column(1, 2))).toEqual({ pearson: null, spearman: null, kendallTauB: null });
    expect(coefficients(column(), column())).toEqual({ pearson: null, spearman: null, kendallTauB: null });
  });

  it('are undefined for a constant column, also where its mean is rounded', () => {
    const constant = new Float64Array(7).fill(0.1);
    const other = randomColumn('other', 7, 1000);
    const nothing = { pearson: null, spearman: null, kendallTauB: null };
    expect(coefficients(constant, other)).toEqual(nothing);
    expect(coefficients(other, constant)).toEqual(nothing);
  });

  it.each([
    { length: 3, values: 100 },
    { length: 60, values: 4 },
    { length: 200, values: 10_000 },
  ])("are simple-statistics' and the definition's, for $length pairs of $values values", ({ length, values }) => {
    const x = randomColumn('x', length, values);
    const y = x.map((value, index) => value / 2 + (randomColumn('y', length, values)[index] as number));
    const found = coefficients(x, y);
    expect(found.pearson).toBeCloseTo(sampleCorrelation([...x], [...y]), 12);
    expect(found.kendallTauB).toBeCloseTo(tauBByPairs(x, y), 12);
  });
});

describe('ranks', () => {
  it('are shared by equal values: dense ones without gaps, average ones as the mean of their places', () => {
    const ranks = denseRanks(column(0.3, 0.1, 0.3, 0.2, 0.3));
    expect([...ranks]).toEqual([2, 0, 2, 1, 2]);
    expect([...averageRanks(ranks)]).toEqual([4, 1, 4, 2, 4]);
  });

  it('with gaps give the same correlation, as those of a resample have', () => {
    expect([...averageRanks(Int32Array.of(2, 0, 2))]).toEqual([2.5, 1, 2.5]);
    expect(kendallTauB(Int32Array.of(0, 2, 3, 3), Int32Array.of(1, 0, 3, 2))).toBe(
      kendallTauB(Int32Array.of(0, 1, 2, 2), Int32Array.of(1, 0, 3, 2)),
    );
  });
});

describe("Pearson's r", () => {
  it('never leaves [-1, 1] by rounding', () => {
    for (let slope = 1; slope < 50; slope++) {
      const x = randomColumn(`slope ${slope}`, 40, 1_000_000);
      const r = pearson(
        x,
        x.map((value) => (slope / 7) * value + 0.1),
      );
      expect(r).toBeLessThanOrEqual(1);
      expect(r).toBeGreaterThan(0.999999);
    }
  });
});
