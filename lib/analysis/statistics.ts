import { advice } from './statistics/advice.ts';
import { attenuation } from './statistics/attenuation.ts';
import { choices } from './statistics/choices.ts';
import { classErrors } from './statistics/class-errors.ts';
import { comparisons } from './statistics/comparisons.ts';
import { correlations } from './statistics/correlations.ts';
import { curves } from './statistics/curves.ts';
import { effectDifferences } from './statistics/effect-differences.ts';
import { effects } from './statistics/effects.ts';
import { populationSizes } from './statistics/population-sizes.ts';
import { ranges } from './statistics/ranges.ts';
import { reliabilities } from './statistics/reliability.ts';
import { sizeBaselines } from './statistics/size-baselines.ts';
import { subsets } from './statistics/subsets.ts';
import { targets } from './statistics/targets.ts';
import { testNoise } from './statistics/test-noise.ts';
import { transfers } from './statistics/transfers.ts';

/** Every statistic of an analysis, by the name of its list: a new one is a file in `statistics/` and a line here. */
export const statistics = {
  /** Every pair of datasets, those of the reference first. */
  correlations,
  /** Every dataset but the reference: the verdicts. */
  targets,
  transfers,
  /** Only of datasets with more than one seed. */
  reliabilities,
  /** Only of pairs whose reliabilities are both known. */
  attenuation,
  /** Only of datasets whose number of test images is known. */
  testNoise,
  /** Only of datasets all of whose runs have errors by class. */
  classErrors,
  /** These four only of targets that are neither a subset nor a control of the reference. */
  comparisons,
  choices,
  subsets,
  advice,
  populationSizes,
  sizeBaselines,
  effects,
  effectDifferences,
  ranges,
  /** Only of datasets with curves. */
  curves,
};

export type StatisticName = keyof typeof statistics;

type RowOf<S> = S extends { combine(...parts: never[]): (infer Row)[] } ? Row : never;

/** The rows of all statistics, in the order of the datasets and parameters. */
export type Findings = { [Name in StatisticName]: RowOf<(typeof statistics)[Name]>[] };
