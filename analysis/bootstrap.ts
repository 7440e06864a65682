import { quantileSorted } from 'simple-statistics';
import type { RandomStream } from '../core/random.ts';
import { coefficients, coefficientsOfRanked, denseRanks, type Coefficients } from './correlation.ts';

export type Interval = [low: number, high: number];

export type Intervals = Record<keyof Coefficients, Interval | null>;

type Columns = [x: Float64Array, y: Float64Array];

const names = ['pearson', 'spearman', 'kendallTauB'] as const;

/**
 * 95 % percentile intervals of the coefficients by resampling pairs with replacement (Efron 1979). Resamples in which a
 * coefficient is undefined (a constant column) are left out; null where the sample's own is undefined.
 */
export function bootstrapIntervals(x: Float64Array, y: Float64Array, resamples: number, rng: RandomStream): Intervals {
  const sample = coefficients(x, y);
  const n = x.length;
  // Ranked once: a resample's values are ordered as the sample's. Kept in the order that Kendall's tau needs.
  const byX = Array.from(x.keys()).sort((i, j) => x[i]! - x[j]! || y[i]! - y[j]!);
  const [sortedX, sortedY] = [x, y].map((column) => Float64Array.from(byX, (item) => column[item]!)) as Columns;
  const [xRanks, yRanks] = [denseRanks(sortedX), denseRanks(sortedY)];
  const counts = new Int32Array(n);
  const [drawnX, drawnY] = [new Float64Array(n), new Float64Array(n)];
  const [drawnXRanks, drawnYRanks] = [new Int32Array(n), new Int32Array(n)];
  const drawn: Record<keyof Coefficients, number[]> = { pearson: [], spearman: [], kendallTauB: [] };
  const isDefined = names.some((name) => sample[name] !== null);
  for (let resample = 0; isDefined && resample < resamples; resample++) {
    counts.fill(0);
    for (let draw = 0; draw < n; draw++) counts[rng.integer(n)]!++;
    for (let item = 0, i = 0; item < n; item++)
      for (let times = counts[item]!; times > 0; times--, i++) {
        drawnX[i] = sortedX[item]!;
        drawnY[i] = sortedY[item]!;
        drawnXRanks[i] = xRanks[item]!;
        drawnYRanks[i] = yRanks[item]!;
      }
    const values = coefficientsOfRanked(drawnX, drawnY, drawnXRanks, drawnYRanks);
    for (const name of names) if (values[name] !== null) drawn[name].push(values[name]);
  }
  const interval = (name: keyof Coefficients) => (sample[name] === null ? null : percentiles(drawn[name]));
  return { pearson: interval('pearson'), spearman: interval('spearman'), kendallTauB: interval('kendallTauB') };
}

function percentiles(values: number[]): Interval | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return [quantileSorted(values, 0.025), quantileSorted(values, 0.975)];
}
