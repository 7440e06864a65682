import type { ProxyAdvice } from './advice.ts';
import type { Choice } from './choices.ts';
import type { RankingCurve } from './curves.ts';
import type { DatasetFacts } from './datasets.ts';
import type { ParameterEffect } from './effects.ts';
import type { ErrorMatrix } from './errors.ts';
import type { IntervalMethod } from './intervals.ts';
import type { AttenuationCorrection, Reliability } from './noise.ts';
import type { PairCorrelation } from './pair-correlations.ts';
import type { PopulationSizeEffect } from './population-size.ts';
import type { ProxyComparison } from './proxy-comparisons.ts';
import type { ParameterRange, RangeContradiction } from './ranges.ts';
import type { RunCounts } from './runs.ts';
import type { SizeBaseline } from './size-alone.ts';
import type { SubsetComparison } from './subsets.ts';
import type { TargetAnalysis } from './targets.ts';
import type { ArchitectureTransfer } from './transfers.ts';

/** How the figures of an analysis were made. */
export interface AnalysisMethods {
  /** Resamples of the architectures, the same for all figures. */
  resamples: number;
  permutations: number;
  /** Of resamples and permutations. */
  seed: number;
  intervals: IntervalMethod;
}

/**
 * Everything that is said of a results table. Architectures are the sample: resampled and permuted are architectures, with errors
 * as means over seeds. Figures are null where they are undefined. Lists are in the order of the datasets and parameters.
 */
export interface Analysis {
  reference: string;
  methods: AnalysisMethods;
  /** Datasets with the reference first. */
  matrix: ErrorMatrix;
  datasets: DatasetFacts[];
  runs: RunCounts[];
  /** Every pair of datasets, those of the reference first. */
  correlations: PairCorrelation[];
  /** Every dataset but the reference. */
  targets: TargetAnalysis[];
  transfers: ArchitectureTransfer[];
  /** Only of datasets with more than one seed. */
  reliabilities: Reliability[];
  /** Pairs of which both reliabilities are known. */
  attenuation: AttenuationCorrection[];
  comparisons: ProxyComparison[];
  populationSizes: PopulationSizeEffect[];
  sizeBaselines: SizeBaseline[];
  choices: Choice[];
  effects: ParameterEffect[];
  ranges: ParameterRange[];
  contradictions: RangeContradiction[];
  subsets: SubsetComparison[];
  /** Of the targets that are no subset or control of the reference. */
  advice: ProxyAdvice[];
  /** Only of datasets with curves. */
  curves: RankingCurve[];
}
