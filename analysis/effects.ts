import type { Interval } from './intervals.ts';

/** Correlation of one structure parameter or complexity with the error on one dataset. */
export interface ParameterEffect {
  parameter: string;
  dataset: string;
  /** Architectures with a value of both. */
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
  spearman: number | null;
  spearmanCi95: Interval | null;
  /** Of Pearson's r, by permutation, two-sided; the corrections are over all parameters and datasets. */
  pValue: number | null;
  pValueHolm: number | null;
  pValueBenjaminiHochberg: number | null;
  /** The complexity that is held fixed; null where the table has none, or this parameter is it. */
  fixed: string | null;
  /** Pearson's r of what both have left after least squares on [1, ln of the fixed complexity]. */
  partialPearson: number | null;
  partialPearsonCi95: Interval | null;
}
