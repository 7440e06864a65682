import type { Interval } from './intervals.ts';

/** Scales on which the accuracy on a target is a line of the accuracy on the reference (Miller et al. 2021). */
export const lineScales = ['linear', 'probit', 'logit'] as const;

export type LineScale = (typeof lineScales)[number];

/**
 * Ordinary least squares of the target's accuracy on the reference's, both on one scale. All but `n` are null where undefined:
 * fewer than three architectures, or the same accuracy for all of them.
 */
export interface Line {
  /** Architectures; on the probit and logit scales those with an accuracy of exactly 0 or 1 are left out. */
  n: number;
  slope: number | null;
  slopeCi95: Interval | null;
  intercept: number | null;
  interceptCi95: Interval | null;
  r2: number | null;
  r2Ci95: Interval | null;
}

/**
 * What each architecture does on a target beside what the reference predicts. Arrays are in the order of the error matrix's
 * architectures; null where an architecture lacks one of the two errors.
 */
export interface ArchitectureTransfer {
  target: string;
  /**
   * Accuracy on the target minus the line's at the architecture's accuracy on the reference, on the line's own scale: positive
   * for those that do better than predicted (effective robustness, Taori et al. 2020).
   */
  residuals: Record<LineScale, (number | null)[]>;
  /** Rank by error among the architectures that have both, from 1, the best; ties share the mean of their places. */
  referenceRank: (number | null)[];
  targetRank: (number | null)[];
}
