import type { Interval } from './intervals.ts';
import type { Line } from './lines.ts';

/** What the reference tells of one target. */
export interface TargetAnalysis {
  target: string;
  /** Architectures with an error on both. */
  n: number;
  /** Of Pearson's r, by permutation, two-sided; corrected over the targets by Holm (1979) and Benjamini and Hochberg (1995). */
  pValue: number | null;
  pValueHolm: number | null;
  pValueBenjaminiHochberg: number | null;
  linearLine: Line;
  probitLine: Line;
  logitLine: Line;
  /**
   * By measure of size: Pearson's r of the residuals of both errors after least squares on [1, ln measure], over the
   * architectures that have all three.
   */
  partialPearson: Record<string, number | null>;
  partialPearsonCi95: Record<string, Interval | null>;
  /** Choosing the k best on the reference: as in `Choice`. */
  regret: {
    k: number;
    regret: number;
    regretCi95: Interval | null;
    precision: number;
    precisionCi95: Interval | null;
  }[];
}
