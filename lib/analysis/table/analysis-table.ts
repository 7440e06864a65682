import type { CurveRow } from '../../results/curves-table.ts';
import type { ImageOutcomes } from '../../results/image-outcomes.ts';
import type { ResultRow } from '../../results/results-table.ts';
import type { IntervalMethod } from '../inference/intervals.ts';
import { levelsOf, permutationsFor, reportLevel, type Levels } from '../inference/levels.ts';
import { replicatesOf, type Replicates } from '../resampling/replicates.ts';
import { clustersOf } from './clusters.ts';
import { curvesOfSeeds, type SeedCurves } from './curves.ts';
import { comparedDatasets, type ComparedDataset } from './datasets.ts';
import { outcomeTable, type OutcomeTable } from './image-outcomes.ts';
import { runsOf, type DatasetRuns } from './runs.ts';
import { meanVector, type Vector } from './vectors.ts';

/** A results table as vectors over its architectures: all that a job needs, in a form that can be sent to threads. */
export interface AnalysisTable {
  reference: string;
  /** The reference first, the others in the order of their first rows. */
  datasets: readonly string[];
  facts: readonly ComparedDataset[];
  runs: readonly DatasetRuns[];
  /** Sorted, so that no resample depends on the order of the rows. */
  architectures: readonly string[];
  /** By dataset: mean errors over the seeds. */
  errors: readonly Vector[];
  /** By dataset: the errors of each seed, ascending. */
  seedErrors: readonly (readonly Vector[])[];
  /**
   * By dataset: the same means, with architectures that have a diverged run ranked last; the very vector of `errors` if no run diverged.
   */
  divergedLast: readonly Vector[];
  /** By parameter and dataset; a parameter that does not differ between datasets is one vector shared by all. */
  parameters: ReadonlyMap<string, readonly Vector[]>;
  /** The parameters that measure the size of an architecture. */
  sizes: readonly string[];
  /** By dataset and seed. */
  curves: readonly (readonly SeedCurves[])[];
  /** By dataset: the test images that its runs classified wrongly; null unless known of all runs. */
  outcomes: readonly (OutcomeTable | null)[];
  replicates: Replicates;
  /** Significance level of each question that the report answers. */
  levels: Levels;
  permutations: number;
  seed: number;
  intervals: IntervalMethod;
  cluster: string | null;
}

export interface AnalysisOptions {
  reference: string;
  bootstrapResamples: number;
  /** Seed of resamples and permutations. */
  seed: number;
  /** Columns that are parameters of the architectures. */
  parameters: readonly string[];
  /** The parameters that measure size, besides `params`, `flops`, `acts`, `totalDepth` and `depth`. */
  covariates?: readonly string[];
  /** Method of the intervals that are not simultaneous; by default `percentile`. */
  intervals?: IntervalMethod;
  curves?: readonly CurveRow[];
  /** Of any datasets. */
  outcomes?: readonly ImageOutcomes[];
  /** Column with families of similar networks, which are resampled as wholes; by default every architecture is a family of its own. */
  cluster?: string | undefined;
}

const usualSizes = ['params', 'flops', 'acts', 'totalDepth', 'depth'];

/**
 * @throws Error if the reference has no rows
 * @throws ConfigError if an architecture has no cluster or several, or if outcomes contradict a row
 */
export function analysisTable(rows: readonly ResultRow[], options: AnalysisOptions): AnalysisTable {
  const { reference, bootstrapResamples, seed, intervals = 'percentile', cluster } = options;
  const found = new Set(rows.map(({ dataset }) => dataset));
  if (!found.has(reference)) throw new Error(`the reference ${reference} has no rows`);
  const datasets = [reference, ...[...found].filter((dataset) => dataset !== reference)];
  const architectures = [...new Set(rows.map(({ architecture }) => architecture))].sort();
  const place = new Map(architectures.map((architecture, index) => [architecture, index]));
  const rowsOf = new Map<string, ResultRow[]>(datasets.map((dataset) => [dataset, []]));
  for (const row of rows) rowsOf.get(row.dataset)!.push(row);
  const byDataset = datasets.map((dataset) => rowsOf.get(dataset)!);

  const seedErrors = byDataset.map((own) => errorsOfSeeds(own, place));
  const errors = seedErrors.map((vectors) => meanVector(vectors, architectures.length));
  const parameters = new Map(
    options.parameters.map((name) => [name, shared(byDataset.map((own) => parameterVector(own, name, place)))]),
  );
  const sizes = [...new Set([...usualSizes, ...(options.covariates ?? [])])].filter((size) => parameters.has(size));
  const facts = comparedDatasets(reference, rowsOf);
  const curves = curvesOfSeeds(options.curves ?? [], datasets, place);
  const hasSeeds = seedErrors.map((seeds) => seeds.length > 1);
  const levels = levelsOf({
    facts,
    sizes: sizes.length,
    parameters: parameters.size,
    hasSeeds: hasSeeds.includes(true),
    hasCurvesOfSeeds: curves.some((seeds, dataset) => hasSeeds[dataset] && (seeds[0]?.epochs.length ?? 0) > 1),
  });
  const clusters = cluster === undefined ? null : clustersOf(rows, cluster, place);
  return {
    reference,
    datasets,
    facts,
    runs: runsOf(rows, datasets),
    architectures,
    errors,
    seedErrors,
    divergedLast: errors.map((vector, dataset) => withDivergedLast(vector, byDataset[dataset]!, place)),
    parameters,
    sizes,
    curves,
    outcomes: datasets.map((dataset, index) =>
      outcomeTable(
        options.outcomes?.find((of) => of.dataset === dataset),
        byDataset[index]!,
        place,
      ),
    ),
    replicates: replicatesOf(architectures.length, bootstrapResamples, seed, intervals === 'bca', clusters),
    levels,
    permutations: Math.max(bootstrapResamples, permutationsFor(levels.effects ?? reportLevel)),
    seed,
    intervals,
    cluster: cluster ?? null,
  };
}

function errorsOfSeeds(rows: readonly ResultRow[], place: ReadonlyMap<string, number>): Vector[] {
  const vectors = new Map<number, Vector>();
  for (const { architecture, seed, top1Error } of rows) {
    if (top1Error === null) continue;
    const vector = vectors.get(seed) ?? new Float64Array(place.size).fill(NaN);
    vector[place.get(architecture)!] = top1Error;
    vectors.set(seed, vector);
  }
  return [...vectors].sort(([a], [b]) => a - b).map(([, vector]) => vector);
}

/** Above every error. */
const behindAll = 2;

function withDivergedLast(errors: Vector, rows: readonly ResultRow[], place: ReadonlyMap<string, number>): Vector {
  const diverged = rows.filter(({ outcome }) => outcome === 'diverged');
  if (diverged.length === 0) return errors;
  const ranked = errors.slice();
  for (const { architecture } of diverged) ranked[place.get(architecture)!] = behindAll;
  return ranked;
}

/** Returns for each architecture the first number in its rows; other values count as missing. */
function parameterVector(rows: readonly ResultRow[], name: string, place: ReadonlyMap<string, number>): Vector {
  const vector = new Float64Array(place.size).fill(NaN);
  for (const row of rows) {
    const value = row[name];
    const index = place.get(row.architecture)!;
    if (typeof value === 'number' && Number.isNaN(vector[index])) vector[index] = value;
  }
  return vector;
}

/** Merges vectors that do not contradict each other into one, with the values that any of them has. */
function shared(vectors: readonly Vector[]): readonly Vector[] {
  const union = vectors[0]!.map((_, row) => vectors.find((vector) => !Number.isNaN(vector[row]))?.[row] ?? NaN);
  const agrees = vectors.every((vector) => vector.every((value, row) => Number.isNaN(value) || value === union[row]));
  return agrees ? vectors.map(() => union) : vectors;
}
