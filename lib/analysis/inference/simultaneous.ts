import { probit } from '../../core/probit.ts';
import { valueOf, type Estimate } from '../resampling/estimate.ts';
import type { Replicates } from '../resampling/replicates.ts';
import type { Interval } from './intervals.ts';
import { overReport } from './levels.ts';
import { fewestUnits } from './verdict.ts';

/** Inference about one estimate of a family. */
export interface Simultaneous {
  /**
   * With probability 1 - level, all intervals of the family contain the quantities they estimate. Null if undefined or on too few networks.
   */
  interval: Interval | null;
  /** Two-sided, of the hypothesis that the estimated quantity is 0; uncorrected. */
  pValue: number | null;
  /** Corrected over the family and the other questions of the report: at most 0.05 exactly if the interval excludes 0. */
  pValueCorrected: number | null;
}

export interface Member {
  estimate: Estimate;
  /** Lower bound of the standard error, on the scale of the estimate; for correlations it is known. */
  leastError?: number;
  /** Variance from sources other than the architectures, on the same scale. */
  furtherVariance?: number;
}

/** Members may be created one by one, on demand. */
export interface Family {
  readonly length: number;
  at(index: number): Member | undefined;
}

/** A scale on which the scatter of an estimate hardly depends on its value. */
interface Scale {
  of: (value: number, n: number) => number;
  /** Transforms the resamples; may return the same array. */
  ofAll: (draws: Float64Array, n: number) => Float64Array;
  interval: (value: number, low: number, high: number) => Interval;
  /** The least standard error on the scale. */
  leastError: (value: number, n: number) => number;
}

/**
 * Stands for full agreement: half-way between 1 and the next lower rank correlation of n different values, with two neighbours exchanged.
 */
const largest = (n: number) => 1 - 6 / (n * (n * n - 1));

/** Fisher's z, with Bonett and Wright's (2000) standard error of Spearman's rho for normal samples as the least error. */
const fisher: Scale = {
  of: (rho, n) => Math.atanh(Math.max(-largest(n), Math.min(largest(n), rho))),
  ofAll: (draws, n) => draws.map((draw) => fisher.of(draw, n)),
  interval: fromFishersScale,
  leastError: (rho, n) => Math.sqrt((1 + (rho * rho) / 2) / (n - 3)),
};

/** A rank correlation of n networks on Fisher's scale, and its least standard error there. */
export const onFishersScale = fisher.of;
export const leastErrorOfRanks = fisher.leastError;

/** Converts an interval of a rank correlation from Fisher's scale; for full agreement it reaches to 1 or -1. */
export function fromFishersScale(value: number, low: number, high: number): Interval {
  return [value === -1 ? -1 : Math.tanh(low), value === 1 ? 1 : Math.tanh(high)];
}

/** For differences, whose members bring their own least error. */
const plain: Scale = {
  of: (value) => value,
  ofAll: (draws) => draws,
  interval: (_value, low, high) => [low, high],
  leastError: () => 0,
};

/** Converts the scatter of resamples to that of samples: resamples scatter less, by sqrt((n - 1) / n). */
export const ofSamples = (scatter: number, n: number) => Math.sqrt(n / (n - 1)) * scatter;

/**
 * Returns intervals and p-values of a family of estimates by the max-t bootstrap (Westfall and Young 1993): from each resample it takes the
 * largest distance from the estimates, in standard deviations of the resamples. An interval reaches as many of the estimate's own standard
 * errors: the bootstrap's, or the least one if that is larger. Quantiles of Student's t would widen it twice: the largest distances have
 * the tails of the resamples, and on these scales the error hardly depends on the sample.
 * @param kind correlations are put on Fisher's scale
 * @param level probability that any interval of the family does not contain the quantity it estimates
 */
export function simultaneous(
  family: Family,
  { resamples }: Pick<Replicates, 'resamples'>,
  kind: 'correlation' | 'difference',
  level: number,
): Simultaneous[] {
  const scale = kind === 'correlation' ? fisher : plain;
  const largestDistances = new Float64Array(resamples);
  const members = Array.from({ length: family.length }, (_, index) => {
    const member = studentized(family.at(index)!, resamples, scale);
    if (member === undefined) return undefined;
    const { distanceOf, ...known } = member;
    let asFar = 1;
    for (let resample = 0; resample < resamples; resample++) {
      const drawn = distanceOf(resample);
      if (drawn >= member.distance) asFar++;
      if (drawn > largestDistances[resample]!) largestDistances[resample] = drawn;
    }
    return { ...known, pValue: asFar / (resamples + 1) };
  });
  largestDistances.sort();
  // No level is finer than the resamples.
  const told = Math.max(level, 1 / (resamples + 1));
  const critical = largestDistances[resamples - Math.floor(told * (resamples + 1))]!;
  return members.map((member) => {
    if (member === undefined) return { interval: null, pValue: null, pValueCorrected: null };
    const { value, center, error, distance, pValue } = member;
    const reach = critical * error;
    return {
      interval: scale.interval(value, center - reach, center + reach),
      pValue,
      pValueCorrected: overReport(shareFrom(largestDistances, distance), told),
    };
  });
}

/**
 * Returns for each figure the p-value of the hypothesis that no other one is larger (Hsu 1981, by the bootstrap): the largest distance of
 * another figure above it, in standard errors of the difference, against the largest one of each resample. With probability 1 - level, the
 * figures whose p-value exceeds 0.05 include the largest. Null on too few networks.
 * @param level of this question about these figures
 */
export function notExcludedAsBest(
  figures: readonly Estimate[],
  { resamples }: Pick<Replicates, 'resamples'>,
  level: number,
): (number | null)[] {
  const found = figures.map(() => ({ distance: -Infinity, largest: new Float64Array(resamples).fill(-Infinity) }));
  const draws = new Float64Array(resamples);
  for (let a = 0; a < figures.length; a++)
    for (let b = a + 1; b < figures.length; b++) {
      const [x, y] = [figures[a]!.values, figures[b]!.values];
      const gap = y[0]! - x[0]!;
      for (let draw = 0; draw < resamples; draw++) draws[draw] = y[1 + draw]! - x[1 + draw]! - gap;
      const scatter = deviation(draws);
      // Rankings that are equal in all resamples cannot exclude each other.
      if (!(scatter > 1e-9)) continue;
      const [below, above] = [found[a]!, found[b]!];
      below.distance = Math.max(below.distance, gap / ofSamples(scatter, figures[a]!.n));
      above.distance = Math.max(above.distance, -gap / ofSamples(scatter, figures[b]!.n));
      for (let draw = 0; draw < resamples; draw++) {
        const drawn = draws[draw]! / scatter;
        if (drawn > below.largest[draw]!) below.largest[draw] = drawn;
        if (-drawn > above.largest[draw]!) above.largest[draw] = -drawn;
      }
    }
  return found.map(({ distance, largest: ofResamples }, own) => {
    if (figures[own]!.n < fewestUnits) return null;
    if (distance <= 0) return 1;
    return overReport(shareFrom(ofResamples.sort(), distance), Math.max(level, 1 / (resamples + 1)));
  });
}

/** Returns the share of ascending values that are at least as large, counting the observed one. */
function shareFrom(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return (ascending.length - low + 1) / (ascending.length + 1);
}

/**
 * Returns the distance of an estimate from 0 in its standard errors, and of the resamples from the estimate; 0 for resamples in which it is
 * undefined.
 */
function studentized({ estimate, leastError = 0, furtherVariance = 0 }: Member, resamples: number, scale: Scale) {
  const { n } = estimate;
  const value = valueOf(estimate);
  if (value === null || n < fewestUnits) return undefined;
  const center = scale.of(value, n);
  const draws = scale.ofAll(estimate.values.subarray(1, 1 + resamples), n);
  const scatter = deviation(draws);
  const least = Math.max(leastError, scale.leastError(value, n));
  const error = Math.sqrt(Math.max(ofSamples(scatter, n), least) ** 2 + furtherVariance);
  if (!(error > 0)) return undefined;
  return {
    value,
    center,
    error,
    distance: Math.abs(center) / error,
    // Full agreement is constant over resamples, but not over samples: its scatter is taken to be normal, with its least error.
    distanceOf:
      scatter === 0
        ? (resample: number) => Math.abs(probit((resample + 0.5) / resamples))
        : (resample: number) => Math.abs(draws[resample]! - center) / scatter || 0,
  };
}

/** Returns the standard deviation of the defined values; 0 for fewer than two. */
export function deviation(values: Float64Array): number {
  let [count, sum, least, most] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  // The mean of equal values may differ from them in its last bit.
  if (count < 2 || least === most) return 0;
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) * (value - mean);
  return Math.sqrt(squares / (count - 1));
}
