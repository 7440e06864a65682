import type { Interval } from './intervals.ts';

/** How far the errors on a dataset repeat when the same architectures are trained with other seeds. */
export interface Reliability {
  dataset: string;
  /** Different seeds among the runs with an error. */
  seeds: number;
  /** Architectures with errors of two or more seeds. */
  n: number;
  /** Mean over all pairs of seeds of Pearson's r between their errors; null where it is undefined. */
  seedCorrelation: number | null;
  seedCorrelationCi95: Interval | null;
  /**
   * Of the mean over the seeds that an architecture has (Spearman-Brown with their harmonic mean), in [0, 1]: the share of the
   * variance between architectures that is not noise of seeds.
   */
  reliability: number | null;
  /** Standard deviation of the error over the seeds of an architecture, pooled over architectures. */
  seedDeviation: number | null;
}

/** A pair's correlation corrected for attenuation by the noise of seeds (Spearman 1904). */
export interface AttenuationCorrection {
  a: string;
  b: string;
  /** Architectures with an error on both. */
  n: number;
  pearson: number | null;
  /** sqrt of the product of both reliabilities: the r that the pair would show if it were 1 without noise. */
  noiseCeiling: number | null;
  /** r / ceiling; may exceed 1 by chance and is not cut. Null where a reliability is unknown or 0. */
  pearsonCorrected: number | null;
  pearsonCorrectedCi95: Interval | null;
}
