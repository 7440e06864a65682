import { quickselect } from 'simple-statistics';
import { valueOf, type Estimate } from '../resampling/estimate.ts';
import type { Replicates } from '../resampling/replicates.ts';
import { probit } from '../../core/probit.ts';
import { expanded, normalCdf } from './student.ts';
import { fewestUnits } from './verdict.ts';

type ReplicateShape = Pick<Replicates, 'resamples' | 'groups'>;

/** A 95 % interval; low <= high. */
export type Interval = readonly [low: number, high: number];

/** How an interval is computed from the resamples: `percentile` (Efron 1979), or `bca`, bias-corrected and accelerated (Efron 1987). */
export type IntervalMethod = 'percentile' | 'bca';

/**
 * Reads an interval off an estimate's resamples, except those in which it is undefined, at levels widened for small samples (`expanded`).
 * @param sampleSize n, if it is not the number of architectures, e.g. because a few of them carry most of the weight
 * @returns null if the estimate is undefined, or on fewer than six independent networks
 */
export function interval(
  estimate: Estimate,
  { resamples, groups }: ReplicateShape,
  method: IntervalMethod,
  sampleSize = estimate.n,
): Interval | null {
  const draws = drawsOf(estimate, resamples);
  if (valueOf(estimate) === null || draws.length === 0 || estimate.n < fewestUnits) return null;
  const quantile = expanded(-probit(0.025), sampleSize);
  const { bias, acceleration } = correction(estimate, draws, { resamples, groups }, method);
  const level = (z: number) => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  return [quantileOf(draws, level(-quantile)), quantileOf(draws, level(quantile))];
}

/** Settings of intervals; an analysis table has both. */
export interface IntervalSettings {
  replicates: ReplicateShape;
  intervals: IntervalMethod;
}

/** Returns an estimate's value and its 95 % interval, null if undefined. */
export function withInterval(
  estimate: Estimate,
  { replicates, intervals }: IntervalSettings,
  sampleSize = estimate.n,
): { value: number | null; ci95: Interval | null } {
  return { value: valueOf(estimate), ci95: interval(estimate, replicates, intervals, sampleSize) };
}

/** Returns the shift of an interval's levels: none for percentiles. */
function correction(estimate: Estimate, draws: Float64Array, shape: ReplicateShape, method: IntervalMethod) {
  if (method === 'percentile') return { bias: 0, acceleration: 0 };
  return { bias: quantileBelow(draws, estimate.values[0]!), acceleration: accelerationOf(estimate, shape) };
}

/** Returns the quantile of values at a level, interpolated linearly (type 7 of Hyndman and Fan 1996); reorders the values. */
export function quantileOf(values: Float64Array, level: number): number {
  const place = level * (values.length - 1);
  const below = Math.floor(place);
  quickselect(values as unknown as number[], below);
  const low = values[below]!;
  if (below + 1 === values.length) return low;
  let next = Infinity;
  for (let index = below + 1; index < values.length; index++) next = Math.min(next, values[index]!);
  return low + (place - below) * (next - low);
}

/** The defined resamples. */
function drawsOf({ values }: Estimate, resamples: number): Float64Array {
  const draws = values.slice(1, 1 + resamples);
  let count = 0;
  for (const draw of draws) if (Number.isFinite(draw)) draws[count++] = draw;
  return draws.subarray(0, count);
}

/** Returns the normal quantile of the share of draws below a value, counting equal ones half; never infinite. */
function quantileBelow(draws: Float64Array, value: number): number {
  let below = 0;
  for (const draw of draws) below += draw < value ? 1 : draw === value ? 0.5 : 0;
  return probit((below + 0.5) / (draws.length + 1));
}

/** Computes the acceleration from the jackknife: a sixth of the skewness of the influences of the groups left out. */
function accelerationOf({ values }: Estimate, { resamples, groups }: ReplicateShape): number {
  let n = 0;
  let sum = 0;
  for (let group = 1 + resamples; group < 1 + resamples + groups; group++)
    if (Number.isFinite(values[group])) {
      n++;
      sum += values[group]!;
    }
  let squares = 0;
  let cubes = 0;
  for (let group = 1 + resamples; group < 1 + resamples + groups; group++)
    if (Number.isFinite(values[group])) {
      const influence = sum / n - values[group]!;
      squares += influence ** 2;
      cubes += influence ** 3;
    }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
