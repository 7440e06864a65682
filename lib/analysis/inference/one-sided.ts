import { valueOf, type Estimate } from '../resampling/estimate.ts';
import type { Replicates } from '../resampling/replicates.ts';
import { deviation } from './simultaneous.ts';
import { studentCdf } from './student.ts';
import { fewestUnits } from './verdict.ts';

/**
 * Returns the one-sided p-value of the hypothesis that the estimated quantity is at most 0, by the bootstrap's standard error, corrected
 * for being too small by sqrt((n - 1) / n), and Student's t with n - 1 degrees, so that levels finer than the resamples have a meaning.
 * Null if the estimate is undefined, or on fewer than six independent networks.
 */
export function pValueAboveZero(estimate: Estimate, { resamples }: Pick<Replicates, 'resamples'>): number | null {
  const value = valueOf(estimate);
  const { n, values } = estimate;
  if (value === null || n < fewestUnits) return null;
  const error = Math.sqrt(n / (n - 1)) * deviation(values.subarray(1, 1 + resamples));
  if (error === 0) return value > 0 ? 0 : 1;
  return studentCdf(-value / error, n - 1);
}
