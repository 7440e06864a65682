import { quantileSorted } from 'simple-statistics';
import type { RandomStream } from '../study/random.ts';
import { coefficients, coefficientsOfRanked, denseRanks, type Coefficients } from './correlation.ts';

export type Interval = [low: number, high: number];

export type Intervals = Record<keyof Coefficients, Interval | null>;

const names = ['pearson', 'spearman', 'kendallTauB'] as const;

/**
 * 95 % percentile intervals of the coefficients by resampling pairs with replacement (Efron 1979). Resamples in which a
 * coefficient is undefined (a constant column) are left out; null where the sample's own is undefined.
 */
export function bootstrapIntervals(
  x: Float64Array,
  y: Float64Array,
  resamples: number,
  random: RandomStream,
): Intervals {
  const sample = coefficients(x, y);
  const n = x.length;
  // A resample's values are ordered as the sample's are: they are ranked once.
  const xRanks = denseRanks(x);
  const yRanks = denseRanks(y);
  const drawnX = new Float64Array(n);
  const drawnY = new Float64Array(n);
  const drawnXRanks = new Int32Array(n);
  const drawnYRanks = new Int32Array(n);
  const drawn: Record<keyof Coefficients, number[]> = { pearson: [], spearman: [], kendallTauB: [] };
  const isDefined = names.some((name) => sample[name] !== null);
  for (let resample = 0; isDefined && resample < resamples; resample++) {
    for (let i = 0; i < n; i++) {
      const index = random.integer(n);
      drawnX[i] = x[index] as number;
      drawnY[i] = y[index] as number;
      drawnXRanks[i] = xRanks[index] as number;
      drawnYRanks[i] = yRanks[index] as number;
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
