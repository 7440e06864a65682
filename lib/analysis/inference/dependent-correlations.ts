/**
 * Returns the standard error of the difference of two equal rank correlations with the same variable, for normal samples (Steiger 1980:
 * both pooled, as the error of the larger one would be underestimated; with the factor of Bonett and Wright 2000 for ranks).
 * @param a first correlation, in [-1, 1]
 * @param b second one
 * @param between rank correlation of the two variables that are correlated with the shared one
 * @param n networks, at least 2
 */
export function errorOfDifference(a: number, b: number, between: number, n: number): number {
  const square = ((a + b) / 2) ** 2;
  const covariance = between * (1 - 2 * square) - (square / 2) * (1 - 2 * square - between * between);
  const variance = (2 * ((1 - square) ** 2 - covariance) * (1 + square / 2)) / (n - 1);
  return Math.sqrt(Math.max(0, variance));
}
