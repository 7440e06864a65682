import type { ResultRow } from '../results/results-table.ts';
import { stream } from '../core/random.ts';
import { bootstrapIntervals, type Interval } from './bootstrap.ts';
import { coefficients, pearson } from './correlation.ts';
import { completePairs, errorMatrix, type ErrorMatrix } from './errors.ts';
import { holm, permutationPValue } from './permutation.ts';

/** The correlation of the errors on two datasets over the architectures that have both. */
export interface PairCorrelation {
  a: string;
  b: string;
  /** Architectures with an error on both. */
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
  spearman: number | null;
  spearmanCi95: Interval | null;
  kendallTauB: number | null;
  kendallTauBCi95: Interval | null;
}

/** What choosing on the reference means for one target. */
export interface TargetAnalysis {
  target: string;
  /** Of Pearson's r with the reference; Holm-corrected over the targets. */
  pValue: number | null;
  pValueHolm: number | null;
  /** Target error lost by trying only the k best on the reference, against the best of all; k as in `regretChoices`. */
  regret: { k: number; regret: number }[];
}

/** Correlation of one structure parameter with the error on one dataset. */
export interface ParameterEffect {
  parameter: string;
  dataset: string;
  n: number;
  pearson: number | null;
  spearman: number | null;
}

/** Correlation of a dataset with itself over seeds: what another dataset can reach at most. */
export interface NoiseCeiling {
  dataset: string;
  /** Mean Pearson's r over all pairs of seeds; null where it is undefined. */
  pearson: number | null;
  seeds: number;
}

export interface Analysis {
  reference: string;
  matrix: ErrorMatrix;
  /** Every pair of datasets, the reference first, the others in the table's order. */
  correlations: PairCorrelation[];
  targets: TargetAnalysis[];
  effects: ParameterEffect[];
  /** Only of datasets with more than one seed. */
  noiseCeilings: NoiseCeiling[];
}

export interface AnalysisOptions {
  reference: string;
  bootstrapResamples: number;
  /** Of resamples and permutations. */
  seed: number;
  /** Columns that are parameters of the architectures. */
  parameters: readonly string[];
}

const permutations = 10_000;
const regretChoices = [1, 5, 10];

/** The statistics of a results table. Architectures are the sample: what is resampled and permuted are architectures. */
export function analyzeResults(rows: readonly ResultRow[], options: AnalysisOptions): Analysis {
  const matrix = errorMatrix(rows);
  const { reference, seed } = options;
  if (!matrix.datasets.includes(reference)) throw new Error(`no row is of the reference ${reference}`);
  const ordered = [reference, ...matrix.datasets.filter((dataset) => dataset !== reference)];
  const targets = ordered.slice(1);
  return {
    reference,
    matrix: { ...matrix, datasets: ordered },
    correlations: ordered.flatMap((a, index) => ordered.slice(index + 1).map((b) => correlate(matrix, a, b, options))),
    targets: analyzeTargets(matrix, reference, targets, seed),
    effects: options.parameters.flatMap((parameter) =>
      ordered.map((dataset) => effectOf(rows, matrix, parameter, dataset)),
    ),
    noiseCeilings: ordered.flatMap((dataset) => noiseCeiling(rows, dataset)),
  };
}

const column = (matrix: ErrorMatrix, dataset: string) => matrix.errors.get(dataset) as readonly (number | null)[];

function correlate(
  matrix: ErrorMatrix,
  a: string,
  b: string,
  { bootstrapResamples, seed }: AnalysisOptions,
): PairCorrelation {
  const { x, y } = completePairs(column(matrix, a), column(matrix, b));
  const values = coefficients(x, y);
  const intervals = bootstrapIntervals(x, y, bootstrapResamples, stream(seed, 'bootstrap', a, b));
  return {
    a,
    b,
    n: x.length,
    pearson: values.pearson,
    pearsonCi95: intervals.pearson,
    spearman: values.spearman,
    spearmanCi95: intervals.spearman,
    kendallTauB: values.kendallTauB,
    kendallTauBCi95: intervals.kendallTauB,
  };
}

function analyzeTargets(
  matrix: ErrorMatrix,
  reference: string,
  targets: readonly string[],
  seed: number,
): TargetAnalysis[] {
  const pairs = targets.map((target) => completePairs(column(matrix, reference), column(matrix, target)));
  const pValues = pairs.map(({ x, y }, index) =>
    permutationPValue(x, y, permutations, stream(seed, 'permutation', reference, targets[index]!)),
  );
  const corrected = holm(pValues);
  return targets.map((target, index) => ({
    target,
    pValue: pValues[index]!,
    pValueHolm: corrected[index]!,
    regret: regretOf(pairs[index] as { x: Float64Array; y: Float64Array }),
  }));
}

/**
 * Choices of more architectures than there are have no regret to speak of and are left out. Of architectures that are tied on
 * the reference, those with the larger error on the target count as chosen.
 */
function regretOf({ x, y }: { x: Float64Array; y: Float64Array }): TargetAnalysis['regret'] {
  const byReference = Array.from(x.keys()).sort((i, j) => x[i]! - x[j]! || y[j]! - y[i]!);
  const best = Math.min(...y);
  return regretChoices
    .filter((k) => k < x.length)
    .map((k) => ({ k, regret: Math.min(...byReference.slice(0, k).map((index) => y[index]!)) - best }));
}

/** A parameter may differ between datasets, as flops do with the image size: each is taken from the rows of its dataset. */
function effectOf(
  rows: readonly ResultRow[],
  matrix: ErrorMatrix,
  parameter: string,
  dataset: string,
): ParameterEffect {
  const values = new Map(
    rows.filter((row) => row.dataset === dataset).map((row) => [row.architecture, row[parameter]]),
  );
  const parameterColumn = matrix.architectures.map((architecture) => {
    const value = values.get(architecture);
    return typeof value === 'number' ? value : null;
  });
  const { x, y } = completePairs(parameterColumn, column(matrix, dataset));
  const { pearson, spearman } = coefficients(x, y);
  return { parameter, dataset, n: x.length, pearson, spearman };
}

function noiseCeiling(rows: readonly ResultRow[], dataset: string): NoiseCeiling[] {
  const own = rows.filter((row) => row.dataset === dataset);
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  if (seeds.length < 2) return [];
  const architectures = [...new Set(own.map(({ architecture }) => architecture))];
  const columns = seeds.map((seed) => {
    const errors = new Map(own.filter((row) => row.seed === seed).map((row) => [row.architecture, row.top1Error]));
    return architectures.map((architecture) => errors.get(architecture) ?? null);
  });
  const values = columns.flatMap((a, index) =>
    columns.slice(index + 1).map((b) => {
      const { x, y } = completePairs(a, b);
      return x.length < 3 ? null : pearson(x, y);
    }),
  );
  const defined = values.filter((value) => value !== null);
  const mean = defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
  return [{ dataset, pearson: mean, seeds: seeds.length }];
}
