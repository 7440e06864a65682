import { studentCdf, studentQuantile } from './student.ts';
import type { Interval } from './intervals.ts';
import { overReport } from './levels.ts';

/** What is known of a mean over random draws that are all measured on the same architectures. */
export interface RandomDraws {
  mean: number;
  /** Variance of the mean over samples of architectures that comes from what the draws have in common, with its degrees of freedom. */
  variance: number;
  degrees: number;
  /** Variance between the draws, and how many they are; for a single one it is unknown and left out. */
  betweenDraws: number;
  draws: number;
}

/**
 * Interval and p-value of a mean over random draws: its variance is that over the architectures and that of the draws over their number, with
 * the degrees of freedom of Satterthwaite (1946). For one draw they hold for this draw alone.
 * @param comparisons over which they are simultaneous (Bonferroni)
 * @param level of the question that they answer
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
