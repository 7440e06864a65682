import { desc, from, op } from 'arquero';
import type { ResultRow } from '../../results/results-table.ts';

/** How the runs on a dataset ended: every run left out of the statistics is counted here. */
export interface DatasetRuns {
  dataset: string;
  /** Rows of the table. */
  runs: number;
  /** Runs with an error. */
  finished: number;
  /** Runs whose column `outcome` says so. */
  diverged: number;
  /** Other runs without an error, by column `failureCategory` or else `unknown`; most frequent first. */
  failed: { category: string; runs: number }[];
  /** Combinations of an architecture of the table and a seed of this dataset that have no row. */
  missing: number;
  /** Seeds of the runs with an error, ascending. */
  seeds: number[];
  /** Architectures with at least one error. */
  architectures: number;
}

const columns = ['architecture', 'dataset', 'seed', 'top1Error', 'outcome', 'failureCategory'];

/** @param datasets in the desired order */
export function runsOf(rows: readonly ResultRow[], datasets: readonly string[]): DatasetRuns[] {
  const architectures = new Set(rows.map(({ architecture }) => architecture)).size;
  const runs = from(rows as ResultRow[], columns)
    .derive({
      end: (run) => (run.top1Error !== null ? 'finished' : run.outcome === 'diverged' ? 'diverged' : 'failed'),
      category: (run) => (run.failureCategory ?? 'unknown') as string,
    })
    .groupby('dataset');
  const counted = runs.rollup({ runs: op.count(), seedCount: op.distinct('seed') });
  const ends = runs.groupby('dataset', 'end').count().groupby('dataset').pivot('end', 'count');
  const finished = runs
    .filter((run) => run.end === 'finished')
    .rollup({ seeds: op.array_agg_distinct('seed'), architectures: op.distinct('architecture') });
  const failures = runs
    .filter((run) => run.end === 'failed')
    .groupby('dataset', 'category')
    .count({ as: 'runs' })
    .orderby(desc('runs'))
    .groupby('dataset')
    .rollup({ categories: op.array_agg('category'), categoryRuns: op.array_agg('runs') });
  const joined = counted.join_left(ends).join_left(finished).join_left(failures).objects() as Joined[];
  const byDataset = new Map(joined.map((row) => [row.dataset, row]));
  return datasets.map((dataset) => {
    const of = byDataset.get(dataset)!;
    return {
      dataset,
      runs: of.runs,
      finished: of.finished ?? 0,
      diverged: of.diverged ?? 0,
      failed: (of.categories ?? []).map((category, index) => ({ category, runs: of.categoryRuns![index]! })),
      missing: architectures * of.seedCount - of.runs,
      seeds: [...(of.seeds ?? [])].sort((a, b) => a - b),
      architectures: of.architectures ?? 0,
    };
  });
}

/** A dataset's row of the joined tables; counts are absent if there are no such runs. */
interface Joined {
  dataset: string;
  runs: number;
  seedCount: number;
  finished?: number;
  diverged?: number;
  seeds?: number[];
  architectures?: number;
  categories?: string[];
  categoryRuns?: number[];
}
