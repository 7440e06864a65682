import type { IntervalMethod } from './inference/intervals.ts';
import type { Levels } from './inference/levels.ts';
import type { Findings } from './statistics.ts';
import type { ComparedDataset } from './table/datasets.ts';
import type { ErrorMatrix } from './table/errors.ts';
import type { DatasetRuns } from './table/runs.ts';

/** How the figures of an analysis were made. */
export interface AnalysisMethods {
  /** Resamples of the architectures, the same for all figures. */
  resamples: number;
  permutations: number;
  /** Of resamples and permutations. */
  seed: number;
  intervals: IntervalMethod;
  /** By question that the report answers: its share of the 5 % with which any verdict may be false. */
  levels: Levels;
  /** Column whose values are the clusters that are resampled as wholes; null if architectures are. */
  cluster: string | null;
}

/**
 * Everything that is said of a results table. Architectures, or clusters of them, are the sample: they are resampled and permuted,
 * with errors as means over seeds. Figures are null if they are undefined.
 */
export interface Analysis extends Findings {
  reference: string;
  methods: AnalysisMethods;
  /** Datasets with the reference first. */
  matrix: ErrorMatrix;
  datasets: ComparedDataset[];
  runs: DatasetRuns[];
}
