import type { IntervalMethod } from './inference/intervals.ts';
import type { Levels } from './inference/levels.ts';
import type { Findings } from './statistics.ts';
import type { ComparedDataset } from './table/datasets.ts';
import type { ErrorMatrix } from './table/errors.ts';
import type { DatasetRuns } from './table/runs.ts';

/** How the figures of an analysis were computed. */
export interface AnalysisMethods {
  /** Resamples of the architectures, the same for all figures. */
  resamples: number;
  permutations: number;
  /** Seed of resamples and permutations. */
  seed: number;
  intervals: IntervalMethod;
  /** By question that the report answers: its share of the 5 % chance that any verdict is false. */
  levels: Levels;
  /** Column that names the clusters, which are resampled as wholes; null if single architectures are resampled. */
  cluster: string | null;
}

/**
 * The complete analysis of a results table. The sample consists of architectures, or clusters of them, which are resampled and permuted;
 * their errors are means over seeds. Figures are null if they are undefined.
 */
export interface Analysis extends Findings {
  reference: string;
  methods: AnalysisMethods;
  /** Datasets with the reference first. */
  matrix: ErrorMatrix;
  datasets: ComparedDataset[];
  runs: DatasetRuns[];
}
