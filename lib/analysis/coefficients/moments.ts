import { lanes } from '../kernel/kernel.ts';
import type { Estimate } from '../resampling/estimate.ts';
import type { Measurement } from '../resampling/measurement.ts';
import type { Sample } from '../resampling/sample.ts';

/** A column whose sum of squares is this small, relative to the terms it was computed from, counts as constant. */
const roundingError = 1e-13;

function spread(squares: number, sum: number, n: number): number {
  const value = squares - (sum * sum) / n;
  return value > roundingError * squares ? value : NaN;
}

/** Computes Pearson's r from the sums of x, y, their squares and products over n items; the means of x and y must be near 0. */
export function pearsonOfSums(n: number, x: number, y: number, xx: number, yy: number, xy: number): number {
  const r = (xy - (x * y) / n) / Math.sqrt(spread(xx, x, n) * spread(yy, y, n));
  return r > 1 ? 1 : r < -1 ? -1 : r;
}

/** Returns a function that reads Pearson's r of two columns in a lane of the current block. */
function pearsonReader(sample: Sample, a: Float64Array, b: Float64Array): (lane: number, total: number) => number {
  const [x, y] = [sample.standardised(a), sample.standardised(b)];
  const [xSum, ySum, xx, yy] = [x.sum, y.sum, x.squares, y.squares].map((moment) => lanes * moment) as Four;
  const xy = lanes * sample.productMoment(a, b);
  return (lane, total) => {
    const { sums } = sample;
    return pearsonOfSums(
      total,
      sums[xSum + lane]!,
      sums[ySum + lane]!,
      sums[xx + lane]!,
      sums[yy + lane]!,
      sums[xy + lane]!,
    );
  };
}

type Four = [number, number, number, number];

/** Declares Pearson's product-moment correlation on a sample. */
export function pearson(measurement: Measurement, sample: Sample, a: Float64Array, b: Float64Array): Estimate {
  return measurement.declare(sample, pearsonReader(sample, a, b));
}

/** Declares the three figures of ordinary least squares of y on x. */
export function line(measurement: Measurement, sample: Sample, a: Float64Array, b: Float64Array) {
  const [x, y] = [sample.standardised(a), sample.standardised(b)];
  const product = sample.productMoment(a, b);
  const scale = y.deviation / x.deviation;
  const at = (moment: number, lane: number) => sample.sums[lanes * moment + lane]!;
  const [slope, intercept, r2] = measurement.declareAll(sample, 3, (lane, total, out) => {
    const [xMean, yMean] = [at(x.sum, lane) / total, at(y.sum, lane) / total];
    const xx = spread(at(x.squares, lane), at(x.sum, lane), total);
    const yy = spread(at(y.squares, lane), at(y.sum, lane), total);
    if (Number.isNaN(xx + yy)) return;
    const xy = at(product, lane) - total * xMean * yMean;
    out[0] = (xy / xx) * scale;
    out[1] = y.mean + y.deviation * (yMean - (xy / xx) * xMean) - out[0] * x.mean;
    out[2] = (xy / xx) * (xy / yy);
  }) as [Estimate, Estimate, Estimate];
  return { slope, intercept, r2 };
}

/** A column counts as determined by another one if less than this share of its variance remains. */
const determined = 1e-12;

/**
 * Declares Pearson's r of a and b with z held fixed: the correlation of their residuals after least squares on [1, z]. Undefined if z is
 * constant or determines a or b, and on fewer than four architectures, as the residuals of three are always proportional.
 */
export function partialPearson(
  measurement: Measurement,
  sample: Sample,
  a: Float64Array,
  b: Float64Array,
  z: Float64Array,
): Estimate {
  const [withB, aWithZ, bWithZ] = [
    pearsonReader(sample, a, b),
    pearsonReader(sample, a, z),
    pearsonReader(sample, b, z),
  ];
  const isDefined = sample.rows.length >= 4;
  return measurement.declare(sample, (lane, total) => {
    if (!isDefined) return NaN;
    const [az, bz] = [aWithZ(lane, total), bWithZ(lane, total)];
    const [left, right] = [1 - az * az, 1 - bz * bz];
    if (!(left > determined && right > determined)) return NaN;
    const r = (withB(lane, total) - az * bz) / Math.sqrt(left * right);
    return r > 1 ? 1 : r < -1 ? -1 : r;
  });
}
