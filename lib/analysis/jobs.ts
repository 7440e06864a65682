import type { AnalysisTable } from './analysis-table.ts';
import { rankingCurve, type RankingCurve } from './curves.ts';
import { parameterEffects, type ParameterEffect } from './effects.ts';
import type { Kernel } from './kernel/kernel.ts';
import { reliabilities, type AttenuationCorrection, type Reliability } from './noise.ts';
import { correlatePairs, type DatasetPair, type PairCorrelation } from './pair-correlations.ts';
import { parameterRanges, type ParameterRange } from './ranges.ts';
import type { OnProgress } from './resampling/measurement.ts';
import { analyzeTarget, type TargetFigures } from './targets.ts';

/** A part of an analysis that needs no other part; datasets are numbers in the table. */
export type Job =
  | { kind: 'pairs'; pairs: readonly DatasetPair[] }
  | { kind: 'target'; dataset: number }
  | { kind: 'effects'; datasets: readonly number[] }
  | { kind: 'curve'; dataset: number }
  | { kind: 'reliabilities' }
  | { kind: 'ranges' };

/** Lists of figures, each a part of the analysis' one; corrections over the whole lists are still to be made. */
export interface JobFigures extends TargetFigures {
  correlations: PairCorrelation[];
  attenuation: AttenuationCorrection[];
  reliabilities: Reliability[];
  effects: ParameterEffect[];
  ranges: ParameterRange[];
  curves: RankingCurve[];
}

/** Of so many architectures each dataset takes ten megabytes of a thread's memory. */
const manyArchitectures = 50_000;

/** Datasets that share a job: enough that their ranks are not computed anew for each, and few enough that jobs are many. */
const datasetsOfJob = (architectures: number) => (architectures > manyArchitectures ? 2 : 4);

/** Every job of an analysis. */
export function analysisJobs({ datasets, curves, architectures }: AnalysisTable): Job[] {
  const together = datasetsOfJob(architectures.length);
  const all = datasets.map((_, dataset) => dataset);
  const blocks = Array.from({ length: Math.ceil(all.length / together) }, (_, block) =>
    all.slice(together * block, together * (block + 1)),
  );
  const pairs = blocks.flatMap((rows, index) =>
    blocks
      .slice(index)
      .map((columns) => rows.flatMap((a) => columns.filter((b) => b > a).map((b): DatasetPair => [a, b]))),
  );
  return [
    ...pairs.filter((some) => some.length > 0).map((some): Job => ({ kind: 'pairs', pairs: some })),
    ...all.slice(1).map((dataset): Job => ({ kind: 'target', dataset })),
    ...blocks.map((some): Job => ({ kind: 'effects', datasets: some })),
    ...all.filter((dataset) => curves[dataset]!.length > 1).map((dataset): Job => ({ kind: 'curve', dataset })),
    { kind: 'reliabilities' },
    { kind: 'ranges' },
  ];
}

/** About how long a job takes, relative to others of the same table. */
export function costOf(job: Job, { datasets, parameters, curves }: AnalysisTable): number {
  switch (job.kind) {
    case 'pairs':
      return 3 * job.pairs.length;
    case 'target':
      return 10 + datasets.length;
    case 'effects':
      return parameters.size * job.datasets.length;
    case 'curve':
      return curves[job.dataset]!.length;
    case 'reliabilities':
    case 'ranges':
      return 1;
  }
}

export function runJob(kernel: Kernel, table: AnalysisTable, job: Job, onProgress?: OnProgress): Partial<JobFigures> {
  switch (job.kind) {
    case 'pairs':
      return correlatePairs(kernel, table, job.pairs, onProgress);
    case 'target':
      return analyzeTarget(kernel, table, job.dataset, onProgress);
    case 'effects':
      return { effects: parameterEffects(kernel, table, job.datasets, onProgress) };
    case 'curve':
      return { curves: rankingCurve(kernel, table, job.dataset, onProgress) };
    case 'reliabilities':
      return { reliabilities: reliabilities(kernel, table) };
    case 'ranges':
      return { ranges: parameterRanges(table) };
  }
}
