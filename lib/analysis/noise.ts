import type { AnalysisTable } from './analysis-table.ts';
import type { Column } from './columns.ts';
import { withInterval } from './figures/estimates.ts';
import { pearson } from './figures/moments.ts';
import type { Interval } from './intervals.ts';
import type { Kernel } from './kernel/kernel.ts';
import { combine, estimate, meanOf, transform, type Figure } from './resampling/figure.ts';
import { Measurement } from './resampling/measurement.ts';

/** How far the errors on a dataset repeat when the same architectures are trained with other seeds. */
export interface Reliability {
  dataset: string;
  /** Different seeds among the runs with an error. */
  seeds: number;
  /** Architectures with errors of two or more seeds. */
  n: number;
  /** Mean over all pairs of seeds of Pearson's r between their errors; null where it is undefined. */
  seedCorrelation: number | null;
  seedCorrelationCi95: Interval | null;
  /**
   * Of the mean over the seeds that an architecture has (Spearman-Brown with their harmonic mean), in [0, 1]: the share of the
   * variance between architectures that is not noise of seeds.
   */
  reliability: number | null;
  /** Standard deviation of the error over the seeds of an architecture, pooled over architectures. */
  seedDeviation: number | null;
}

/** A pair's correlation corrected for attenuation by the noise of seeds (Spearman 1904). */
export interface AttenuationCorrection {
  a: string;
  b: string;
  /** Architectures with an error on both. */
  n: number;
  pearson: number | null;
  /** sqrt of the product of both reliabilities: the r that the pair would show if it were 1 without noise. */
  noiseCeiling: number | null;
  /** r / ceiling; may exceed 1 by chance and is not cut. Null where a reliability is unknown or 0. */
  pearsonCorrected: number | null;
  pearsonCorrectedCi95: Interval | null;
}

/** What has to be measured for a dataset's reliability. */
export interface DeclaredReliability {
  /** Pearson's r of each pair of seeds. */
  seedPairs: readonly Figure[];
  /** Harmonic mean of the seeds that an architecture has. */
  seedsEach: number;
}

/** The correlation that the mean of `k` repetitions has, from that of single ones (Spearman 1910, Brown 1910). */
export const spearmanBrown = (r: number, k: number): number => Math.max(0, (k * r) / (1 + (k - 1) * r));

/** Undefined for a dataset without a pair of seeds. */
export function declareReliability(
  measurement: Measurement,
  { seedErrors }: AnalysisTable,
  dataset: number,
): DeclaredReliability | undefined {
  const columns = seedErrors[dataset]!;
  if (columns.length < 2) return undefined;
  const seedPairs = columns.flatMap((a, index) =>
    columns.slice(index + 1).map((b) => pearson(measurement, measurement.sample(a, b), a, b)),
  );
  const seeds = seedsOfArchitectures(columns).filter((count) => count > 0);
  return { seedPairs, seedsEach: seeds.length / seeds.reduce((sum, count) => sum + 1 / count, 0) };
}

/** How errors on a dataset repeat: correlation of single seeds, and seeds an architecture has now. */
export interface SeedNoise {
  seedCorrelation: number;
  seedsEach: number;
}

/** Once measured; undefined where the correlation is. */
export function seedNoise({ seedPairs, seedsEach }: DeclaredReliability): SeedNoise | undefined {
  const mean = meanOf(seedPairs);
  return mean && { seedCorrelation: estimate(mean)!, seedsEach };
}

/** The reliability of a dataset's means in every replicate; undefined where the sample has none. */
function reliabilityOf({ seedPairs, seedsEach }: DeclaredReliability): Figure | undefined {
  const mean = meanOf(seedPairs);
  return mean && transform(mean, (r) => spearmanBrown(r, seedsEach));
}

export function correctedPearson(
  figure: Figure,
  ofA: DeclaredReliability,
  ofB: DeclaredReliability,
  table: AnalysisTable,
): Omit<AttenuationCorrection, 'a' | 'b'> {
  const raw = { n: figure.n, pearson: estimate(figure) };
  const [a, b] = [reliabilityOf(ofA), reliabilityOf(ofB)];
  if (a === undefined || b === undefined)
    return { ...raw, noiseCeiling: null, pearsonCorrected: null, pearsonCorrectedCi95: null };
  const ceiling = combine(a, b, (x, y) => Math.sqrt(x * y));
  const corrected = combine(figure, ceiling, (r, most) => (most > 0 ? r / most : NaN));
  const { value, ci95 } = withInterval(corrected, table);
  return { ...raw, noiseCeiling: estimate(ceiling), pearsonCorrected: value, pearsonCorrectedCi95: ci95 };
}

/** Of every dataset with more than one seed. */
export function reliabilities(kernel: Kernel, table: AnalysisTable): Reliability[] {
  const measurement = new Measurement(table.replicates);
  const declared = table.datasets.map((_, dataset) => declareReliability(measurement, table, dataset));
  measurement.run(kernel);
  return declared.flatMap((reliability, dataset) => {
    if (reliability === undefined) return [];
    const columns = table.seedErrors[dataset]!;
    const mean = meanOf(reliability.seedPairs);
    const { value, ci95 } = mean ? withInterval(mean, table) : { value: null, ci95: null };
    return [
      {
        dataset: table.datasets[dataset]!,
        seeds: columns.length,
        n: seedsOfArchitectures(columns).filter((count) => count > 1).length,
        seedCorrelation: value,
        seedCorrelationCi95: ci95,
        reliability: value === null ? null : spearmanBrown(value, reliability.seedsEach),
        seedDeviation: pooledDeviation(columns),
      },
    ];
  });
}

const seedsOfArchitectures = (columns: readonly Column[]) =>
  Array.from(columns[0]!, (_, row) => columns.filter((column) => !Number.isNaN(column[row])).length);

function pooledDeviation(columns: readonly Column[]): number | null {
  let squares = 0;
  let degrees = 0;
  for (let row = 0; row < columns[0]!.length; row++) {
    const errors = columns.map((column) => column[row]!).filter((error) => !Number.isNaN(error));
    if (errors.length < 2) continue;
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    squares += errors.reduce((sum, error) => sum + (error - mean) ** 2, 0);
    degrees += errors.length - 1;
  }
  return degrees === 0 ? null : Math.sqrt(squares / degrees);
}
