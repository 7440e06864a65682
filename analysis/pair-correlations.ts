import type { Interval } from './intervals.ts';

/**
 * The correlations of the errors on two datasets over the architectures that have both. Coefficients are in [-1, 1] and keep
 * their signs; null where undefined: fewer than three architectures, or the same error for all of them.
 */
export interface PairCorrelation {
  a: string;
  b: string;
  /** Architectures with an error on both. */
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
  spearman: number | null;
  spearmanCi95: Interval | null;
  kendallTauB: number | null;
  kendallTauBCi95: Interval | null;
  /** Vigna (2015): additive hyperbolic weights, so that the order of the best counts most; both rankings averaged. */
  weightedTau: number | null;
  weightedTauCi95: Interval | null;
}
