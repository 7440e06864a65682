import type { Interval } from './intervals.ts';

/** What ranking architectures by one measure of their size would tell of the errors on a dataset. */
export interface SizeBaseline {
  dataset: string;
  /** `params`, `flops`, `acts`, `totalDepth`, or a covariate of the table. */
  measure: string;
  n: number;
  /** Spearman's rho of the measure with the error: negative where larger networks have smaller errors. */
  spearman: number | null;
  spearmanCi95: Interval | null;
}
