import { describe, expect, test } from 'vitest';
import {
  largestDifference,
  placeAmong,
  replicatesOf,
  spreadOf,
} from '../../../../lib/exports/verification/replicates.ts';
import { stream } from '../../../../lib/core/random.ts';

describe('the spread of replicates', () => {
  test('is the pooled standard deviation within networks', () => {
    // statistics.variance([1, 2, 4]) = 7/3 and variance([10, 12]) = 2, pooled with 2 and 1 degrees of freedom.
    const { deviation, degreesOfFreedom } = spreadOf([[1, 2, 4], [10, 12], [7]])!;
    expect(deviation ** 2).toBeCloseTo((2 * (7 / 3) + 2) / 3, 12);
    expect(degreesOfFreedom).toBe(3);
  });

  test('is unknown if each network was trained once, or none finished', () => {
    expect(spreadOf([[1], [2], []])).toBeUndefined();
    expect(spreadOf([])).toBeUndefined();
  });
});

describe('the largest difference that replicates explain', () => {
  test('is a quantile of Student, for two draws and as many comparisons as there are', () => {
    // scipy.stats.t.ppf(0.995, 10) = 3.1692726726; ppf(1 - 0.01 / 8, 10) = 4.0045...
    const spread = { deviation: 0.01, degreesOfFreedom: 10 };
    expect(largestDifference(spread, 1, 1e9)).toBeCloseTo(3.1692726726 * 0.01 * Math.SQRT2, 9);
    expect(largestDifference(spread, 4, 1e9)).toBeGreaterThan(largestDifference(spread, 1, 1e9));
  });

  test('is never less than one test image', () => {
    expect(largestDifference({ deviation: 0, degreesOfFreedom: 4 }, 1, 200)).toBe(1 / 200);
  });

  test('is exceeded in one of a hundred verifications of an honest study', () => {
    const random = stream(0, 'honest');
    const trials = 4000;
    let alarms = 0;
    for (let trial = 0; trial < trials; trial++) {
      const errors = Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => 0.3 + 0.01 * random.normal()));
      const isAlarm = (network: number) => {
        const others = errors.map((own, index) => (index === network ? own.slice(1) : own));
        const difference = Math.abs(0.3 + 0.01 * random.normal() - errors[network]![0]!);
        return difference > largestDifference(spreadOf(others)!, 2, 1e9);
      };
      if ([0, 1].some(isAlarm)) alarms++;
    }
    // The standard error of the share is 0.0016.
    expect(alarms / trials).toBeLessThan(0.015);
    expect(alarms / trials).toBeGreaterThan(0.005);
  });
});

test('the replicates of a run are those of its network on its dataset that finished; its own error does not widen the spread', () => {
  let runs = 0;
  const run = (architectureName: string, dataset: string, top1Error: number | null) => ({
    ...{ runKey: String(runs++), architectureName, dataset, top1Error },
  });
  const forged = run('a', 'x', 0.9);
  const recorded = [
    ...[forged, run('a', 'x', 0.1), run('a', 'x', 0.3), run('a', 'x', null)],
    ...[run('b', 'x', 0.5), run('a', 'y', 0.9)],
  ];
  const { own, spread } = replicatesOf(forged, recorded);
  expect(own).toEqual([0.9, 0.1, 0.3]);
  expect(spread).toEqual(spreadOf([[0.1, 0.3]]));
  const place = (error: number) => placeAmong(error, { own, spread });
  expect(place(0.3)).toBe('above 1, equal to 1, below 1 of the 3 recorded errors of this network');
  expect(placeAmong(0.05, { own: [0.1], spread })).toBe('below the only recorded error of this network');
});
