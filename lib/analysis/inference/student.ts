import jStat from 'jstat';

export const normalCdf = (value: number): number => jStat.normal.cdf(value, 0, 1);

/**
 * Student's t distribution function, accurate to 1e-12 for up to 10,000 degrees; jStat's own stops its series early and is less accurate in
 * the tails.
 */
export function studentCdf(value: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + value * value), degrees / 2, 0.5) / 2;
  return value < 0 ? tail : 1 - tail;
}

/** The regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22), by Lentz's method. */
function incompleteBeta(x: number, a: number, b: number): number {
  // Beyond the mean this fraction converges slowly, but the other tail's converges fast.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  let [upper, lower] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = lower;
  for (let m = 1, change = 0; Math.abs(change - 1) > 1e-15; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      lower = 1 / (1 + term * lower);
      upper = 1 + term / upper;
      change = lower * upper;
      fraction *= change;
    }
  }
  const logarithm = jStat.gammaln(a + b) - jStat.gammaln(a) - jStat.gammaln(b) + a * Math.log(x) + b * Math.log1p(-x);
  return x === 0 ? 0 : (Math.exp(logarithm) * fraction) / a;
}

/** Student's t quantile: jStat's is accurate to 1e-8; one step of Newton's method makes it as accurate as `studentCdf`. */
export function studentQuantile(level: number, degrees: number): number {
  const near = jStat.studentt.inv(level, degrees);
  return near - (studentCdf(near, degrees) - level) / jStat.studentt.pdf(near, degrees);
}

/**
 * Widens a bootstrap's quantile for a small sample: resamples scatter less than samples do, by sqrt((n - 1) / n) and with lighter tails, so
 * a normal quantile z becomes sqrt(n / (n - 1)) times the quantile of Student's t with n - 1 degrees at the same level (Hesterberg 2015,
 * "expanded").
 */
export const expanded = (z: number, n: number): number =>
  -Math.sqrt(n / (n - 1)) * studentQuantile(normalCdf(-z), n - 1);
