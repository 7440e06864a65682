import { table } from 'arquero';
import { analyzeResults, type Interval } from '../analysis/index.ts';
import type { ResultRow } from '../results/results-table.ts';
import { leaves } from '../study/config-differences.ts';
import type { StudyReportInput } from './study-report.ts';

/** A field of the configs that is not the same in all studies; null if a study does not have it. */
export interface DifferingField {
  field: string;
  values: (string | null)[];
}

/** Returns the fields in which the configs of studies differ, sorted. */
export function differingFields(configs: readonly unknown[]): DifferingField[] {
  const all = configs.map((config) => leaves(config));
  const fields = [...new Set(all.flatMap((config) => [...config.keys()]))].sort();
  return fields
    .map((field) => ({ field, values: all.map((config) => config.get(field) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** The agreement of two studies' errors on a dataset, over the architectures that both have. */
export interface Agreement {
  dataset: string;
  /** Titles of the studies. */
  a: string;
  b: string;
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
  spearman: number | null;
  spearmanCi95: Interval | null;
}

/** Compares the first study with each other one, dataset by dataset. */
export function agreements(studies: readonly StudyReportInput[]): Agreement[] {
  const [first, ...others] = studies;
  if (first === undefined) return [];
  return others.flatMap((other) => {
    const both = sharedArchitectures(first.rows, other.rows);
    const datasets = first.analysis.matrix.datasets.filter((dataset) =>
      other.analysis.matrix.datasets.includes(dataset),
    );
    return datasets.flatMap((dataset) => {
      const of = (rows: readonly ResultRow[], name: string) =>
        rows
          .filter((row) => row.dataset === dataset && both.has(row.architecture))
          .map(({ architecture, seed, top1Error }) => ({ architecture, seed, top1Error, dataset: name }));
      const rows = [...of(first.rows, 'a'), ...of(other.rows, 'b')];
      if (!rows.some((row) => row.dataset === 'a') || !rows.some((row) => row.dataset === 'b')) return [];
      const { resamples, seed } = first.analysis.methods;
      const { correlations } = analyzeResults(rows, {
        reference: 'a',
        bootstrapResamples: resamples,
        seed,
        parameters: [],
      });
      const { n, pearson, pearsonCi95, spearman, spearmanCi95 } = correlations[0]!;
      return [{ dataset, a: first.title, b: other.title, n, pearson, pearsonCi95, spearman, spearmanCi95 }];
    });
  });
}

/** Returns the names that stand for the same architecture in both tables, by its structure parameters. */
function sharedArchitectures(a: readonly ResultRow[], b: readonly ResultRow[]): Set<string> {
  const structures = (rows: readonly ResultRow[]) =>
    table({ architecture: rows.map(({ architecture }) => architecture), structure: rows.map(structure) }).dedupe();
  const shared = structures(a).semijoin(structures(b));
  return new Set(shared.array('architecture') as string[]);
}

const structure = (row: ResultRow) =>
  JSON.stringify(
    Object.entries(row)
      .filter(([key]) => /^[dwbg]\d+$/.test(key))
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );
