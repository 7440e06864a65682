import jStat from 'jstat';
import { probit } from '../../core/probit.ts';

/** Accurate to 1e-9. */
export const normalCdf = (value: number): number => jStat.normal.cdf(value, 0, 1);

export const studentCdf = (value: number, degrees: number): number => jStat.studentt.cdf(value, degrees);

/** jStat's quantile is accurate to 1e-8; a step of Newton's method makes it as accurate as its distribution. */
export function studentQuantile(level: number, degrees: number): number {
  const near = jStat.studentt.inv(level, degrees);
  return near - (studentCdf(near, degrees) - level) / jStat.studentt.pdf(near, degrees);
}

/**
 * A bootstrap's quantile widened for a small sample: resamples scatter less than samples do, by sqrt((n - 1) / n) and with lighter
 * tails, so a normal quantile z becomes sqrt(n / (n - 1)) times the quantile of Student's t with n - 1 degrees at the same level
 * (Hesterberg 2015, "expanded").
 */
export const expanded = (z: number, n: number): number =>
  -Math.sqrt(n / (n - 1)) * studentQuantile(normalCdf(-z), n - 1);

/** The inverse of `expanded`. */
export const unexpanded = (t: number, n: number): number => -probit(studentCdf(-t / Math.sqrt(n / (n - 1)), n - 1));
