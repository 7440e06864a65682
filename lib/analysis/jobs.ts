import type { Kernel } from './kernel/kernel.ts';
import { Measurement, type OnProgress } from './resampling/measurement.ts';
import type { DatasetPair, Scope, Statistic, Subjects } from './statistic.ts';
import { statistics, type Findings, type StatisticName } from './statistics.ts';
import type { AnalysisTable } from './table/analysis-table.ts';

/** An independent share of an analysis: all statistics of a scope, for some of its subjects. */
export interface Job {
  scope: Scope;
  /** Indices in the list of all subjects of the scope. */
  subjects: readonly number[];
}

/** By statistic: the parts of each subject of a job. */
export type JobParts = Partial<Record<StatisticName, unknown[][]>>;

/** The statistics to compute; by default all. */
export type Selection = readonly StatisticName[];

const everything = Object.keys(statistics) as StatisticName[];

/** From this number of architectures on, each dataset takes ten megabytes of a thread's memory. */
const manyArchitectures = 50_000;

/** Number of datasets that share a job: large enough to reuse their ranks, small enough to give many jobs. */
const datasetsOfJob = ({ architectures }: AnalysisTable) => (architectures.length > manyArchitectures ? 2 : 4);

/** Returns all subjects of a scope, in the order of the statistics' rows. */
function subjectsOf(scope: Scope, { datasets }: AnalysisTable): Subjects[Scope][] {
  const all = [...datasets.keys()];
  switch (scope) {
    case 'pair':
      return all.flatMap((a) => all.slice(a + 1).map((b): DatasetPair => [a, b]));
    case 'target':
      return all.slice(1);
    case 'dataset':
      return all;
    case 'table':
      return [null];
  }
}

const namesOf = (scope: Scope, selection: Selection) => selection.filter((name) => statistics[name].scope === scope);

/** Divides an analysis into jobs; pairs are grouped by blocks of datasets, so that a job has few datasets and many pairs. */
export function analysisJobs(table: AnalysisTable, selection: Selection = everything): Job[] {
  const together = datasetsOfJob(table);
  const blockOf = (dataset: number) => Math.floor(dataset / together);
  const blockKeys: { [S in Scope]: (subject: Subjects[S]) => string } = {
    table: () => '',
    target: String,
    dataset: (dataset) => String(blockOf(dataset)),
    pair: ([a, b]) => `${blockOf(a)} ${blockOf(b)}`,
  };
  return (Object.keys(blockKeys) as Scope[])
    .filter((scope) => namesOf(scope, selection).length > 0)
    .flatMap((scope) => {
      const blocks = new Map<string, number[]>();
      subjectsOf(scope, table).forEach((subject, place) => {
        const key = blockKeys[scope](subject as never);
        blocks.set(key, [...(blocks.get(key) ?? []), place]);
      });
      return [...blocks.values()].map((subjects) => ({ scope, subjects }));
    });
}

/** Estimates how long a job takes, relative to others of the same table. */
export function costOf({ scope, subjects }: Job, { datasets, parameters, curves }: AnalysisTable): number {
  switch (scope) {
    case 'pair':
      return 3 * subjects.length;
    case 'target':
      return 10 + datasets.length;
    case 'dataset':
      return subjects.reduce((sum, dataset) => sum + parameters.size + curves[dataset]!.length, 0);
    case 'table':
      return 5 + parameters.size;
  }
}

/** Computes the parts of a job. */
export function runJob(
  kernel: Kernel,
  table: AnalysisTable,
  { scope, subjects }: Job,
  { selection = everything, onProgress }: { selection?: Selection; onProgress?: OnProgress } = {},
): JobParts {
  const measurement = new Measurement(table.replicates);
  const all = subjectsOf(scope, table);
  const declared = namesOf(scope, selection).map((name) => {
    const statistic = statistics[name] as Statistic;
    return [name, subjects.map((place) => statistic.declare(measurement, table, all[place]!))] as const;
  });
  measurement.run(kernel, onProgress);
  return Object.fromEntries(declared.map(([name, measured]) => [name, measured.map((parts) => parts(kernel))]));
}

/** Builds the rows of all statistics from the parts of all jobs; statistics not selected get none. */
export function findings(table: AnalysisTable, jobs: readonly Job[], results: readonly JobParts[]): Findings {
  const rowsOf = (name: StatisticName) => {
    const bySubject: unknown[][] = [];
    jobs.forEach(({ subjects }, job) =>
      results[job]![name]?.forEach((parts, index) => (bySubject[subjects[index]!] = parts)),
    );
    return (statistics[name] as Statistic).combine(bySubject.flat(), table);
  };
  return Object.fromEntries(everything.map((name) => [name, rowsOf(name)])) as unknown as Findings;
}
