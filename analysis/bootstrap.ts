import { quantileSorted } from 'simple-statistics';
import type { RandomStream } from '../study/random.ts';
import { coefficients, type Coefficients } from './correlation.ts';

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
  const drawn: Record<keyof Coefficients, number[]> = { pearson: [], spearman: [], kendallTauB: [] };
  const xs = new Float64Array(n);
  const ys = new Float64Array(n);
  const isDefined = names.some((name) => sample[name] !== null);
  for (let resample = 0; isDefined && resample < resamples; resample++) {
    for (let i = 0; i < n; i++) {
      const index = random.integer(n);
      xs[i] = x[index] as number;
      ys[i] = y[index] as number;
    }
    const values = coefficients(xs, ys);
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
