import { valueOf, type Estimate } from '../resampling/estimate.ts';
import type { Replicates } from '../resampling/replicates.ts';
import type { Interval } from './intervals.ts';
import { expanded, unexpanded } from './student.ts';
import { fewestUnits } from './verdict.ts';

/** What a family of estimates says of one of them. */
export interface Simultaneous {
  /** With a probability of 95 % all intervals of the family contain what they estimate. Null if undefined or on too few networks. */
  interval: Interval | null;
  /** Two-sided, of the hypothesis that the estimate is 0, alone. */
  pValue: number | null;
  /** The same over the family: at most 0.05 exactly if the interval excludes 0. */
  pValueCorrected: number | null;
}

/** A scale on which an estimate scatters evenly. */
interface Scale {
  of: (value: number, n: number) => number;
  inverse: (value: number) => number;
  /** The least standard error on the scale. */
  leastError: (value: number, n: number) => number;
  /** How many standard errors a quantile of the resamples stands for, and back. */
  widened: (quantile: number, n: number) => number;
  unwidened: (distance: number, n: number) => number;
}

/** Half-way from 1 to the next rank correlation of n different values, that of two neighbours exchanged: where rankings agree fully. */
const largest = (n: number) => 1 - 6 / (n * (n * n - 1));

/** Fisher's z, with the standard error that Bonett and Wright (2000) found for Spearman's rho of normal samples as the least one. */
const fisher: Scale = {
  of: (rho, n) => Math.atanh(Math.max(-largest(n), Math.min(largest(n), rho))),
  inverse: Math.tanh,
  leastError: (rho, n) => Math.sqrt((1 + (rho * rho) / 2) / (n - 3)),
  // The least error is no estimate, so distances are normal.
  widened: (quantile) => quantile,
  unwidened: (distance) => distance,
};

/** A rank correlation of n networks on Fisher's scale. */
export const onFishersScale = fisher.of;

const plain: Scale = {
  of: (value) => value,
  inverse: (value) => value,
  leastError: () => 0,
  widened: expanded,
  unwidened: unexpanded,
};

const level = 0.05;

/** Estimates, which may be made one by one when they are asked for. */
export interface Family {
  readonly length: number;
  at(index: number): Estimate | undefined;
}

/**
 * Intervals and p-values of a family of estimates by the max-t bootstrap (Westfall and Young 1993): the distances of the resamples from
 * the estimates, in standard errors, of which the largest of each resample is taken.
 * @param kind correlations are treated on Fisher's scale
 * @param furtherVariances by estimate, on its scale: what something else than the architectures adds to its variance
 */
export function simultaneous(
  family: Family,
  { resamples }: Pick<Replicates, 'resamples'>,
  kind: 'correlation' | 'difference',
  furtherVariances?: readonly number[],
): Simultaneous[] {
  const scale = kind === 'correlation' ? fisher : plain;
  const largestDistances = new Float64Array(resamples);
  const members = Array.from({ length: family.length }, (_, index) => {
    const member = studentized(family.at(index)!, resamples, scale);
    if (member === undefined) return undefined;
    const { center, n, distances } = member;
    const error = Math.sqrt(member.error ** 2 + (furtherVariances?.[index] ?? 0));
    const distance = scale.unwidened(Math.abs(center) / error, n);
    let asFar = 1;
    distances.forEach((drawn, resample) => {
      if (drawn >= distance) asFar++;
      if (drawn > largestDistances[resample]!) largestDistances[resample] = drawn;
    });
    return { center, error, n, distance, pValue: asFar / (resamples + 1) };
  });
  largestDistances.sort();
  const critical = largestDistances[resamples - Math.max(1, Math.floor(level * (resamples + 1)))]!;
  return members.map((member) => {
    if (member === undefined) return { interval: null, pValue: null, pValueCorrected: null };
    const { center, error, n, distance, pValue } = member;
    const reach = scale.widened(critical, n) * error;
    return {
      interval: [scale.inverse(center - reach), scale.inverse(center + reach)],
      pValue,
      pValueCorrected: shareFrom(largestDistances, distance),
    };
  });
}

/**
 * For each of some figures the p-value of the hypothesis that no other one is larger (Hsu 1981, by the bootstrap): the largest distance of
 * another figure above it, in standard errors of the difference, against the largest one of each resample. Corrected over so many families
 * (Bonferroni). The set of those above 0.05 contains the largest with a probability of 95 %. Null on too few networks.
 */
export function notExcludedAsBest(
  figures: readonly Estimate[],
  { resamples }: Pick<Replicates, 'resamples'>,
  families: number,
): (number | null)[] {
  return figures.map((own) => {
    if (own.n < fewestUnits) return null;
    let distance = -Infinity;
    const largestDistances = new Float64Array(resamples).fill(-Infinity);
    for (const other of figures) {
      if (other === own) continue;
      const gap = other.values[0]! - own.values[0]!;
      const draws = other.values.subarray(1, 1 + resamples).map((value, draw) => value - own.values[1 + draw]! - gap);
      const error = deviation(draws);
      // Rankings that are the same in all resamples cannot exclude each other.
      if (!(error > 1e-9)) continue;
      distance = Math.max(distance, gap / error);
      draws.forEach((draw, resample) => {
        if (draw / error > largestDistances[resample]!) largestDistances[resample] = draw / error;
      });
    }
    if (distance <= 0) return 1;
    return Math.min(1, families * shareFrom(largestDistances.sort(), unexpanded(distance, own.n)));
  });
}

/** Share of ascending values that are at least as large, counting the observed one. */
function shareFrom(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return (ascending.length - low + 1) / (ascending.length + 1);
}

/** The absolute distances of the resamples in standard errors; 0 if a resample does not define the estimate. */
function studentized(estimate: Estimate, resamples: number, scale: Scale) {
  const { n } = estimate;
  const value = valueOf(estimate);
  if (value === null || n < fewestUnits) return undefined;
  const center = scale.of(value, n);
  const draws = estimate.values.subarray(1, 1 + resamples).map((draw) => scale.of(draw, n));
  const error = Math.max(deviation(draws), scale.leastError(value, n));
  if (!(error > 0)) return undefined;
  return {
    center,
    error,
    n,
    distances: draws.map((draw) => (Number.isNaN(draw) ? 0 : Math.abs(draw - center) / error)),
  };
}

/** Standard deviation of the defined values; 0 if fewer than two are. */
export function deviation(values: Float64Array): number {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    const change = value - mean;
    mean += change / count;
    squares += change * (value - mean);
  }
  return count < 2 ? 0 : Math.sqrt(squares / (count - 1));
}
