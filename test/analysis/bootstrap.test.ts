import { describe, expect, it } from 'vitest';
import { bootstrapIntervals } from '../../analysis/bootstrap.ts';
import { stream } from '../../core/random.ts';

describe('bootstrap intervals', () => {
  it('cover the true correlation about 95 times of a hundred', () => {
    const truth = 0.6;
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const random = stream(trial, 'sample');
      const x = Float64Array.from({ length: 80 }, () => random.normal());
      const y = x.map((value) => truth * value + Math.sqrt(1 - truth * truth) * random.normal());
      const [low, high] = bootstrapIntervals(x, y, 300, stream(trial, 'bootstrap')).pearson as [number, number];
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(178);
    expect(covered).toBeLessThanOrEqual(199);
  });

  it('are the same for the same stream', () => {
    const x = Float64Array.of(0.1, 0.2, 0.3, 0.5, 0.4);
    const y = Float64Array.of(0.2, 0.1, 0.3, 0.4, 0.5);
    const once = bootstrapIntervals(x, y, 200, stream(1, 'b'));
    expect(bootstrapIntervals(x, y, 200, stream(1, 'b'))).toEqual(once);
    expect(bootstrapIntervals(x, y, 200, stream(2, 'b'))).not.toEqual(once);
  });

  it('leave out resamples in which a column is constant, and are null where the sample has one', () => {
    const rare = Float64Array.of(0, 0, 0, 1);
    const line = Float64Array.of(1, 2, 3, 4);
    for (const interval of Object.values(bootstrapIntervals(rare, line, 500, stream(1, 'b'))))
      expect(interval?.every(Number.isFinite)).toBe(true);
    const constant = new Float64Array(4).fill(0.1);
    expect(bootstrapIntervals(constant, line, 500, stream(1, 'b'))).toEqual({
      pearson: null,
      spearman: null,
      kendallTauB: null,
    });
  });
});
