import type { Interval } from './intervals.ts';

/** How early in training the final ranking on a dataset is visible. */
export interface RankingCurve {
  dataset: string;
  /** Epochs that every run of the dataset was trained for at least. */
  epochs: number;
  /** One for each epoch before the last. */
  points: {
    /** From 1. */
    epoch: number;
    n: number;
    /** Of the validation error after this epoch with that after the last one; means over seeds. */
    pearson: number | null;
    pearsonCi95: Interval | null;
    spearman: number | null;
    spearmanCi95: Interval | null;
  }[];
  /** First epoch from which on Spearman's rho stays at 0.9 or more; null where only the last one does. */
  visibleFrom: number | null;
}
