import { studentCdf, studentQuantile } from './student.ts';
import type { Interval } from './intervals.ts';
import { overReport } from './levels.ts';

/** A mean over random draws, all measured on the same architectures, and its variances. */
export interface RandomDraws {
  mean: number;
  /** Variance of the mean over samples of architectures, as far as the draws share it, with its degrees of freedom. */
  variance: number;
  degrees: number;
  /** Variance between the draws, and their number; for a single draw the variance is unknown and left out. */
  betweenDraws: number;
  draws: number;
}

/**
 * Returns the interval and p-value of a mean over random draws. Its variance is the variance over architectures plus the variance between
 * draws divided by their number, with Satterthwaite's (1946) degrees of freedom. For a single draw they hold for that draw alone.
 * @param comparisons over which they are simultaneous (Bonferroni)
 * @param level significance level of the question
 */
export function drawsTest(
  { mean, variance, degrees, betweenDraws, draws }: RandomDraws,
  comparisons: number,
  level: number,
): { interval: Interval | null; pValue: number | null; pValueCorrected: number | null } {
  const ofDraws = draws < 2 ? 0 : betweenDraws / draws;
  const total = variance + ofDraws;
  if (!(total > 0)) return { interval: null, pValue: null, pValueCorrected: null };
  const freedom = total ** 2 / (variance ** 2 / degrees + (draws < 2 ? 0 : ofDraws ** 2 / (draws - 1)));
  const error = Math.sqrt(total);
  const reach = -studentQuantile(level / 2 / comparisons, freedom) * error;
  const pValue = 2 * studentCdf(-Math.abs(mean) / error, freedom);
  return { interval: [mean - reach, mean + reach], pValue, pValueCorrected: overReport(comparisons * pValue, level) };
}
