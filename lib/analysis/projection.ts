import { spearmanBrown, type SeedNoise } from './noise.ts';

export interface TripleOfCorrelations {
  /** With the target. */
  proxy: number | null;
  reference: number | null;
  /** Of proxy and reference. */
  between: number | null;
}

const mostSeeds = 100;

/**
 * Fewest seeds an architecture with which the difference of two dependent correlations would exceed so many standard errors. More
 * seeds raise all three correlations to what their reliabilities allow (Spearman-Brown), and with them change the difference;
 * its standard error, now that of the bootstrap, changes in proportion to that of Olkin and Siotani (1976; see Steiger 1980).
 */
export function seedsNeeded(
  { proxy, reference, between }: TripleOfCorrelations,
  standardError: number,
  standardErrors: number,
  ofProxy: SeedNoise | undefined,
  ofReference: SeedNoise | undefined,
  ofTarget: SeedNoise | undefined,
): number | null {
  if (proxy === null || reference === null || between === null) return null;
  if (ofProxy === undefined || ofReference === undefined || ofTarget === undefined) return null;
  const now = differenceDeviation(proxy, reference, between);
  if (!(now > 0)) return null;
  for (let seeds = 1; seeds <= mostSeeds; seeds++) {
    const [p, r, t] = [ofProxy, ofReference, ofTarget].map((noise) => growth(noise, seeds)) as [number, number, number];
    const projected = [proxy * p * t, reference * r * t, between * p * r].map((value) =>
      Math.max(-1, Math.min(1, value)),
    ) as [number, number, number];
    const error = (standardError * differenceDeviation(...projected)) / now;
    if (Math.abs(projected[0] - projected[1]) >= standardErrors * error) return seeds;
  }
  return null;
}

/** By what a correlation grows on the side of one dataset: the root of its reliability then over that of now. */
function growth({ seedCorrelation, seedsEach }: SeedNoise, seeds: number): number {
  return Math.sqrt(spearmanBrown(seedCorrelation, seeds) / spearmanBrown(seedCorrelation, seedsEach));
}

/** sqrt(n) times the standard error of r12 - r13 for normal errors. */
function differenceDeviation(r12: number, r13: number, r23: number): number {
  const [a, b, c] = [r12 * r12, r13 * r13, r23 * r23];
  const covariance = r23 * (1 - a - b) - (r12 * r13 * (1 - a - b - c)) / 2;
  return Math.sqrt(Math.max(0, (1 - a) ** 2 + (1 - b) ** 2 - 2 * covariance));
}
