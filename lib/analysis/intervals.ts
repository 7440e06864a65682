import jStat from 'jstat';
import { quickselect } from 'simple-statistics';
import { estimate, type Figure } from './resampling/figure.ts';
import type { Replicates } from './resampling/replicates.ts';

type ReplicateShape = Pick<Replicates, 'resamples' | 'groups'>;

/** A 95 % interval; low <= high. */
export type Interval = readonly [low: number, high: number];

/** How an interval is made from the resamples: `percentile` (Efron 1979), or `bca`, bias-corrected and accelerated (Efron 1987). */
export type IntervalMethod = 'percentile' | 'bca';

/**
 * Reads an interval off a figure's resamples; those in which it is undefined are left out. As resamples scatter less than samples
 * do, by sqrt((n - 1) / n) and with lighter tails, it is read at the levels of sqrt(n / (n - 1)) times the quantiles of Student's
 * t with n - 1 degrees (Hesterberg 2015, "expanded").
 * @param sampleSize n where it is not the number of architectures, e.g. because few of them have most of the weight
 * @returns null where the figure is undefined, or any resample is needed and none defined
 */
export function interval(
  figure: Figure,
  { resamples, groups }: ReplicateShape,
  method: IntervalMethod,
  sampleSize = figure.n,
): Interval | null {
  const draws = drawsOf(figure, resamples);
  if (estimate(figure) === null || draws.length === 0) return null;
  const quantile = expandedQuantile(sampleSize);
  const { bias, acceleration } = correction(figure, draws, { resamples, groups }, method);
  const level = (z: number) => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  return [quantileOf(draws, level(-quantile)), quantileOf(draws, level(quantile))];
}

/**
 * Two-sided p-value of the hypothesis that a figure is 0: one minus the confidence at which its interval begins to contain 0. Null
 * where it is undefined.
 */
export function bootstrapPValue(
  figure: Figure,
  { resamples, groups }: ReplicateShape,
  method: IntervalMethod,
): number | null {
  const draws = drawsOf(figure, resamples);
  if (estimate(figure) === null || draws.length === 0) return null;
  const { bias, acceleration } = correction(figure, draws, { resamples, groups }, method);
  const z = quantileBelow(draws, 0) - bias;
  const t = (z / (1 + acceleration * z) - bias) / Math.sqrt(figure.n / (figure.n - 1));
  return Math.min(1, 2 * jStat.studentt.cdf(-Math.abs(t), figure.n - 1));
}

/** What the levels of an interval are shifted by: nothing for percentiles. */
function correction(figure: Figure, draws: Float64Array, shape: ReplicateShape, method: IntervalMethod) {
  if (method === 'percentile') return { bias: 0, acceleration: 0 };
  return { bias: quantileBelow(draws, figure.values[0]!), acceleration: accelerationOf(figure, shape) };
}

/** Standard deviation over the resamples; NaN where fewer than two define the figure. */
export function standardError(figure: Figure, { resamples }: ReplicateShape): number {
  const draws = drawsOf(figure, resamples);
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  return Math.sqrt(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws.length - 1));
}

/** Accurate to 1e-12. */
export const normalQuantile = (level: number): number => jStat.normal.inv(level, 0, 1);
export const normalCdf = (value: number): number => jStat.normal.cdf(value, 0, 1);

/** The order statistic at a level of values, between neighbours on a line (type 7 of Hyndman and Fan 1996); reorders them. */
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
export function drawsOf({ values }: Figure, resamples: number): Float64Array {
  const draws = values.slice(1, 1 + resamples);
  let count = 0;
  for (const draw of draws) if (Number.isFinite(draw)) draws[count++] = draw;
  return draws.subarray(0, count);
}

function expandedQuantile(n: number): number {
  return -Math.sqrt(n / (n - 1)) * jStat.studentt.inv(0.025, n - 1);
}

/** Normal quantile of the share of the draws below a value, equal ones counted half; never infinite. */
function quantileBelow(draws: Float64Array, value: number): number {
  let below = 0;
  for (const draw of draws) below += draw < value ? 1 : draw === value ? 0.5 : 0;
  return normalQuantile((below + 0.5) / (draws.length + 1));
}

/** From the jackknife: a sixth of the skewness of the influences of what was left out. */
function accelerationOf({ values }: Figure, { resamples, groups }: ReplicateShape): number {
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
