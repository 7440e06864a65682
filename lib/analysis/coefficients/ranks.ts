import { lanes } from '../kernel/kernel.ts';
import type { Estimate } from '../resampling/estimate.ts';
import type { Measurement } from '../resampling/measurement.ts';
import type { Sample } from '../resampling/sample.ts';

/** Returns a function that reads a slot in a lane of the current block. */
const reader = (sample: Sample) => (slot: number, lane: number) => sample.slots[lanes * slot + lane]!;

/** Declares Spearman's rho: Pearson's r of the midranks. */
export function spearman(measurement: Measurement, sample: Sample, a: Float64Array, b: Float64Array): Estimate {
  const { x, y, slot } = sample.rankProduct(a, b);
  const at = reader(sample);
  return measurement.declare(sample, (lane) => at(slot, lane) / Math.sqrt(at(x.slot, lane) * at(y.slot, lane)));
}

/** Declares Kendall's tau-b. */
export function kendallTauB(measurement: Measurement, sample: Sample, a: Float64Array, b: Float64Array): Estimate {
  const { x, y, slot } = sample.agreement(a, b);
  const at = reader(sample);
  return measurement.declare(sample, (lane, total) => {
    const pairs = total * (total - 1);
    return at(slot, lane) / Math.sqrt((pairs - at(x.slot + 1, lane)) * (pairs - at(y.slot + 1, lane)));
  });
}

/**
 * Declares Vigna's (2015) weighted tau with additive hyperbolic weights, in which the lowest values weigh most; the mean of weighting by
 * either ranking, as SciPy's `weightedtau(-a, -b)`. The weights of a replicate add up to a harmonic number.
 */
export function weightedTau(measurement: Measurement, sample: Sample, a: Float64Array, b: Float64Array): Estimate {
  const { x, y, slot } = sample.agreement(a, b);
  const at = reader(sample);
  const isConstant = (lane: number) => at(x.slot, lane) === 0 || at(y.slot, lane) === 0;
  return measurement.declare(sample, (lane, total) => {
    if (isConstant(lane)) return NaN;
    const weight = measurement.harmonic[total]!;
    // Both weights of a pair count; the ties include the item itself.
    const untied = (ties: number) => total * weight - ties;
    const tau = (first: number) =>
      at(first, lane) / Math.sqrt(untied(at(first + 1, lane)) * untied(at(first + 2, lane)));
    return Math.max(-1, Math.min(1, (tau(slot + 1) + tau(slot + 4)) / 2));
  });
}

/**
 * The effective sample size of n architectures with hyperbolic weights: the square of the sum of the weights over the sum of their squares
 * (Kish 1965).
 */
export function weightedSampleSize(n: number): number {
  let sum = 0;
  let squares = 0;
  for (let rank = 1; rank <= n; rank++) {
    sum += 1 / rank;
    squares += 1 / (rank * rank);
  }
  return (sum * sum) / squares;
}
