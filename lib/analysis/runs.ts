import { desc, escape, from, op, type ColumnTable } from 'arquero';
import type { ResultRow } from '../results/results-table.ts';

/** What became of the runs on a dataset: nothing is left out of the statistics without being counted here. */
export interface RunCounts {
  dataset: string;
  /** Rows of the table. */
  runs: number;
  /** With an error. */
  finished: number;
  /** Column `outcome`. */
  diverged: number;
  /** Others without an error, by column `failureCategory`, else `unknown`; most frequent first. */
  failed: { category: string; runs: number }[];
  /** Combinations of an architecture of the table and a seed of this dataset that have no row. */
  missing: number;
  /** Seeds of the runs with an error, ascending. */
  seeds: number[];
  /** With at least one error. */
  architectures: number;
}

/** @param datasets in the order wanted */
export function runCounts(rows: readonly ResultRow[], datasets: readonly string[]): RunCounts[] {
  const architectures = new Set(rows.map(({ architecture }) => architecture)).size;
  const table = from(rows as ResultRow[], [
    'architecture',
    'dataset',
    'seed',
    'top1Error',
    'outcome',
    'failureCategory',
  ])
    .derive({ end: escape(endOf), category: escape(({ failureCategory }: ResultRow) => failureCategory ?? 'unknown') })
    .groupby('dataset');
  const all = byDataset<{ runs: number; seeds: number }>(
    table.rollup({ runs: op.count(), seeds: op.distinct('seed') }),
  );
  const finished = byDataset<{ runs: number; seeds: number[]; architectures: number }>(
    table
      .filter(escape(({ end }: Ended) => end === 'finished'))
      .rollup({ runs: op.count(), seeds: op.array_agg_distinct('seed'), architectures: op.distinct('architecture') }),
  );
  const diverged = byDataset<{ runs: number }>(
    table.filter(escape(({ end }: Ended) => end === 'diverged')).rollup({ runs: op.count() }),
  );
  const failures = table
    .filter(escape(({ end }: Ended) => end === 'failed'))
    .groupby('dataset', 'category')
    .rollup({ runs: op.count() })
    .orderby(desc('runs'))
    .objects() as { dataset: string; category: string; runs: number }[];
  return datasets.map((dataset) => {
    const { runs, seeds } = all.get(dataset) ?? { runs: 0, seeds: 0 };
    const done = finished.get(dataset);
    return {
      dataset,
      runs,
      finished: done?.runs ?? 0,
      diverged: diverged.get(dataset)?.runs ?? 0,
      failed: failures
        .filter((of) => of.dataset === dataset)
        .map(({ category, runs: count }) => ({ category, runs: count })),
      missing: architectures * seeds - runs,
      seeds: [...(done?.seeds ?? [])].sort((a, b) => a - b),
      architectures: done?.architectures ?? 0,
    };
  });
}

interface Ended {
  end: 'finished' | 'diverged' | 'failed';
}

const endOf = ({ top1Error, outcome }: ResultRow): Ended['end'] =>
  top1Error !== null ? 'finished' : outcome === 'diverged' ? 'diverged' : 'failed';

/** A table with a row a dataset, by dataset. */
const byDataset = <Row>(table: ColumnTable): Map<string, Row> =>
  new Map((table.objects() as (Row & { dataset: string })[]).map((row) => [row.dataset, row]));
