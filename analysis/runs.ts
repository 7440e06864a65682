import type { ResultRow } from '../results/results-table.ts';
import { groupBy } from './group-by.ts';

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
  const byDataset = groupBy(rows, ({ dataset }) => dataset);
  return datasets.map((dataset) => {
    const own = byDataset.get(dataset) ?? [];
    const finished = own.filter(({ top1Error }) => top1Error !== null);
    const others = own.filter(({ top1Error }) => top1Error === null);
    const failed = groupBy(
      others.filter(({ outcome }) => outcome !== 'diverged'),
      ({ failureCategory }) => (typeof failureCategory === 'string' ? failureCategory : 'unknown'),
    );
    return {
      dataset,
      runs: own.length,
      finished: finished.length,
      diverged: others.filter(({ outcome }) => outcome === 'diverged').length,
      failed: [...failed].map(([category, runs]) => ({ category, runs: runs.length })).sort((a, b) => b.runs - a.runs),
      missing: architectures * new Set(own.map(({ seed }) => seed)).size - own.length,
      seeds: [...new Set(finished.map(({ seed }) => seed))].sort((a, b) => a - b),
      architectures: new Set(finished.map(({ architecture }) => architecture)).size,
    };
  });
}
