import type { CurveRow } from '../results/curves-table.ts';
import type { ResultRow } from '../results/results-table.ts';
import { meanColumn, type Column } from './columns.ts';
import { meanCurves } from './curves.ts';
import { datasetFacts, type DatasetFacts } from './datasets.ts';
import type { IntervalMethod } from './intervals.ts';
import { replicatesOf, type Replicates } from './resampling/replicates.ts';

/** A results table as columns: all that a job needs, and that passes between threads. */
export interface AnalysisTable {
  reference: string;
  /** The reference first, the others in the order of their first rows. */
  datasets: readonly string[];
  facts: readonly DatasetFacts[];
  /** Sorted, so that no resample depends on the order of the rows. */
  architectures: readonly string[];
  /** By dataset: mean errors over the seeds. */
  errors: readonly Column[];
  /** By dataset: the errors of each seed, ascending. */
  seedErrors: readonly (readonly Column[])[];
  /** By parameter and dataset; a parameter that does not differ between datasets is the same column for all of them. */
  parameters: ReadonlyMap<string, readonly Column[]>;
  /** Those of the parameters that measure the size of an architecture. */
  sizes: readonly string[];
  /** By dataset: mean validation errors over the seeds, epoch after epoch. */
  curves: readonly (readonly Column[])[];
  replicates: Replicates;
  permutations: number;
  seed: number;
  intervals: IntervalMethod;
}

export interface AnalysisOptions {
  reference: string;
  bootstrapResamples: number;
  /** Of resamples and permutations. */
  seed: number;
  /** Columns that are parameters of the architectures. */
  parameters: readonly string[];
  /** Those of the parameters that measure size, beside `params`, `flops`, `acts`, `totalDepth` and `depth`. */
  covariates?: readonly string[];
  /** By default `percentile`; test/analysis/coverage.soak.ts measures how often such intervals cover the truth. */
  intervals?: IntervalMethod;
  curves?: readonly CurveRow[];
}

const usualSizes = ['params', 'flops', 'acts', 'totalDepth', 'depth'];
/** With 2,500 resamples 10,000, enough for a correction over some hundred tests. */
const permutationsPerResample = 4;

/** @throws Error where no row is of the reference */
export function analysisTable(rows: readonly ResultRow[], options: AnalysisOptions): AnalysisTable {
  const { reference, bootstrapResamples, seed, intervals = 'percentile' } = options;
  const found = new Set(rows.map(({ dataset }) => dataset));
  if (!found.has(reference)) throw new Error(`no row is of the reference ${reference}`);
  const datasets = [reference, ...[...found].filter((dataset) => dataset !== reference)];
  const architectures = [...new Set(rows.map(({ architecture }) => architecture))].sort();
  const place = new Map(architectures.map((architecture, index) => [architecture, index]));
  const rowsOf = new Map<string, ResultRow[]>(datasets.map((dataset) => [dataset, []]));
  for (const row of rows) rowsOf.get(row.dataset)!.push(row);
  const byDataset = datasets.map((dataset) => rowsOf.get(dataset)!);

  const seedErrors = byDataset.map((own) => errorsOfSeeds(own, place));
  const parameters = new Map(
    options.parameters.map((name) => [name, shared(byDataset.map((own) => parameterColumn(own, name, place)))]),
  );
  return {
    reference,
    datasets,
    facts: datasetFacts(reference, rowsOf),
    architectures,
    errors: seedErrors.map((columns) => meanColumn(columns, architectures.length)),
    seedErrors,
    parameters,
    sizes: [...new Set([...usualSizes, ...(options.covariates ?? [])])].filter((size) => parameters.has(size)),
    curves: meanCurves(options.curves ?? [], datasets, place),
    replicates: replicatesOf(architectures.length, bootstrapResamples, seed, intervals === 'bca'),
    permutations: permutationsPerResample * bootstrapResamples,
    seed,
    intervals,
  };
}

function errorsOfSeeds(rows: readonly ResultRow[], place: ReadonlyMap<string, number>): Column[] {
  const columns = new Map<number, Column>();
  for (const { architecture, seed, top1Error } of rows) {
    if (top1Error === null) continue;
    const column = columns.get(seed) ?? new Float64Array(place.size).fill(NaN);
    column[place.get(architecture)!] = top1Error;
    columns.set(seed, column);
  }
  return [...columns].sort(([a], [b]) => a - b).map(([, column]) => column);
}

/** The first value that the rows of an architecture have; what is not a number is none. */
function parameterColumn(rows: readonly ResultRow[], name: string, place: ReadonlyMap<string, number>): Column {
  const column = new Float64Array(place.size).fill(NaN);
  for (const row of rows) {
    const value = row[name];
    const index = place.get(row.architecture)!;
    if (typeof value === 'number' && Number.isNaN(column[index])) column[index] = value;
  }
  return column;
}

/** Columns that do not contradict each other as one and the same, with the values that any of them has. */
function shared(columns: readonly Column[]): readonly Column[] {
  const union = columns[0]!.map((_, row) => columns.find((column) => !Number.isNaN(column[row]))?.[row] ?? NaN);
  const agrees = columns.every((column) => column.every((value, row) => Number.isNaN(value) || value === union[row]));
  return agrees ? columns.map(() => union) : columns;
}
