import { pearson } from '../coefficients/moments.ts';
import { spearman } from '../coefficients/ranks.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { reportLevel } from '../inference/levels.ts';
import { simultaneous } from '../inference/simultaneous.ts';
import { verdictOf, type Verdict } from '../inference/verdict.ts';
import { lanes } from '../kernel/kernel.ts';
import { combine, meanOf, transform, valueOf, type Estimate } from '../resampling/estimate.ts';
import type { Measurement } from '../resampling/measurement.ts';
import { ofAll } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { Vector } from '../table/vectors.ts';
import { bestThirdOf } from './best-third.ts';

/** The repeatability of the errors on a dataset when the same architectures are trained with other seeds. */
export interface Reliability {
  dataset: string;
  /** Number of different seeds among the runs with an error. */
  seeds: number;
  /** Architectures with errors of two or more seeds. */
  n: number;
  /** Pearson's r between the errors of two seeds, averaged over all pairs of seeds (of the 20 lowest seeds, if there are more). */
  seedCorrelation: number | null;
  seedCorrelationCi95: Interval | null;
  /** The same for Spearman's rho, with an interval that is simultaneous over the datasets and the other questions of the report. */
  seedSpearman: number | null;
  seedSpearmanCi95: Interval | null;
  /** Whether the ranking of one seed holds with another. */
  verdict: Verdict;
  /**
   * Share of the variance between architectures (means over seeds) that is not noise of seeds, in [0, 1]: 1 - MSW / MSB of the one-way
   * analysis of variance (Shrout and Fleiss 1979, ICC(1, k)), which does not depend on the numbering of the seeds. If architectures have
   * different numbers of seeds, the reliability of single seeds is extrapolated to their harmonic mean by the formula of Spearman and
   * Brown.
   */
  reliability: number | null;
  reliabilityCi95: Interval | null;
  /** The same among the third of the architectures with the lowest errors, which is chosen once. */
  reliabilityOfBest: number | null;
  reliabilityOfBestCi95: Interval | null;
  /** Standard deviation of an architecture's error over seeds, pooled over architectures. */
  seedDeviation: number | null;
  /** Seeds per architecture needed for a reliability of 0.9; null if the interval of the reliability reaches 0. */
  seedsNeeded: number | null;
}

/** The reliability for which `seedsNeeded` is computed. */
const wantedReliability = 0.9;

/** Returns the reliability of the mean of k repetitions, given that of single ones (Spearman 1910, Brown 1910); at least 0. */
export const spearmanBrown = (r: number, k: number): number => Math.max(0, (k * r) / (1 + (k - 1) * r));

/** The measurements declared for a dataset's reliability. */
export interface DeclaredReliability {
  /** Reliability of single seeds: ICC(1, 1), in [-1, 1]. */
  single: Estimate;
  /** Harmonic mean of the number of seeds per architecture. */
  seedsEach: number;
}

/** Returns the reliability of the means over the seeds, after the measurement. */
const ofMeans = ({ single, seedsEach }: DeclaredReliability): Estimate =>
  transform(single, (r) => spearmanBrown(r, seedsEach));

/**
 * Declares the reliability of a dataset; undefined for one without a second seed.
 * @param among the architectures to include; by default all
 */
export function declareReliability(
  measurement: Measurement,
  { seedErrors, errors }: Pick<AnalysisTable, 'seedErrors' | 'errors'>,
  dataset: number,
  among: Vector = errors[dataset]!,
): DeclaredReliability | undefined {
  const seeds = seedErrors[dataset]!;
  const { repeated, counts, squaredCounts, sums, squares, within } = varianceVectors(seeds, errors[dataset]!, among);
  if (repeated.every(Number.isNaN)) return undefined;
  const sample = measurement.sample(repeated);
  const [n, nn, sum, square, inner] = [counts, squaredCounts, sums, squares, within].map((vector) =>
    sample.moment(vector),
  ) as [number, number, number, number, number];
  const single = measurement.declare(sample, (lane, total) => {
    const at = (moment: number) => sample.sums[lanes * moment + lane]!;
    const runs = at(n);
    const between = (at(square) - at(sum) ** 2 / runs) / (total - 1);
    const inside = at(inner) / (runs - total);
    const each = (runs - at(nn) / runs) / (total - 1);
    // Differences this small between equal means are rounding errors.
    return between + inside > (1e-13 * Math.abs(at(square))) / total
      ? (between - inside) / (between + (each - 1) * inside)
      : NaN;
  });
  const own = seedCounts(seeds).filter((count, row) => count > 0 && !Number.isNaN(among[row]!));
  const seedsEach = own.length / own.reduce((total, count) => total + 1 / count, 0);
  return { single, seedsEach };
}

const known = new WeakMap<Vector, ReturnType<typeof newVarianceVectors>>();

/** Returns, by architecture, the terms of the sums of squares; the same vectors for the same architectures of a dataset. */
function varianceVectors(seeds: readonly Vector[], means: Vector, among: Vector) {
  const vectors = known.get(among) ?? newVarianceVectors(seeds, means, among);
  known.set(among, vectors);
  return vectors;
}

function newVarianceVectors(seeds: readonly Vector[], means: Vector, among: Vector) {
  const counts = Float64Array.from(seedCounts(seeds));
  const repeated = counts.map((count, row) => (count > 1 && !Number.isNaN(among[row]!) ? 0 : NaN));
  const rows = [...repeated.keys()].filter((row) => !Number.isNaN(repeated[row]!));
  const middle = rows.reduce((sum, row) => sum + means[row]!, 0) / rows.length;
  const centred = means.map((mean) => mean - middle);
  return {
    /** NaN for architectures with fewer than two seeds. */
    repeated,
    counts,
    squaredCounts: counts.map((count) => count * count),
    sums: counts.map((count, row) => count * centred[row]!),
    squares: counts.map((count, row) => count * centred[row]! ** 2),
    within: means.map((mean, row) =>
      seeds.reduce((sum, seed) => (Number.isNaN(seed[row]!) ? sum : sum + (seed[row]! - mean) ** 2), 0),
    ),
  };
}

/** Largest number of seeds compared in pairs: 190 correlations are enough for a mean, and their number grows with the square. */
const mostSeeds = 20;

export interface Part {
  known: Omit<Reliability, 'seedSpearman' | 'seedSpearmanCi95' | 'verdict'>;
  rho: Estimate | undefined;
}

export const reliabilities = ofAll(
  'dataset',
  (measurement, table, dataset) => {
    const seeds = table.seedErrors[dataset]!;
    if (seeds.length < 2) return () => [];
    const first = seeds.slice(0, mostSeeds);
    const pairs = first.flatMap((a, index) => first.slice(index + 1).map((b) => [a, b] as const));
    const [rs, rhos] = [pearson, spearman].map((coefficient) =>
      pairs.map(([a, b]) => coefficient(measurement, measurement.sample(a, b), a, b)),
    ) as [Estimate[], Estimate[]];
    const all = declareReliability(measurement, table, dataset);
    const best = declareReliability(measurement, table, dataset, bestThirdOf(table.errors[dataset]!));
    return (): Part[] => {
      const correlation = figuresOf(meanOf(rs), table);
      const [whole, ofBest] = [figuresOf(all && ofMeans(all), table), figuresOf(best && ofMeans(best), table)];
      return [
        {
          known: {
            dataset: table.datasets[dataset]!,
            seeds: seeds.length,
            n: seedCounts(seeds).filter((count) => count > 1).length,
            seedCorrelation: correlation.value,
            seedCorrelationCi95: correlation.ci95,
            reliability: whole.value,
            reliabilityCi95: whole.ci95,
            reliabilityOfBest: ofBest.value,
            reliabilityOfBestCi95: ofBest.ci95,
            seedDeviation: pooledDeviation(seeds),
            seedsNeeded:
              whole.ci95 !== null && whole.ci95[0] > 0 ? seedsFor(wantedReliability, valueOf(all!.single)) : null,
          },
          rho: meanOf(rhos),
        },
      ];
    };
  },
  (parts: Part[], { replicates, levels }): Reliability[] => {
    const known = parts.flatMap(({ rho }) => rho ?? []);
    const tests = simultaneous(
      known.map((estimate) => ({ estimate })),
      replicates,
      'correlation',
      levels.repetition ?? reportLevel,
    );
    return parts.map(({ known: { dataset, seeds, n, seedCorrelation, seedCorrelationCi95, ...others }, rho }) => {
      const interval = rho === undefined ? null : tests[known.indexOf(rho)]!.interval;
      return {
        ...{ dataset, seeds, n, seedCorrelation, seedCorrelationCi95 },
        seedSpearman: rho === undefined ? null : valueOf(rho),
        seedSpearmanCi95: interval,
        verdict: verdictOf(interval),
        ...others,
      };
    });
  },
);

const figuresOf = (estimate: Estimate | undefined, table: AnalysisTable) =>
  estimate === undefined ? { value: null, ci95: null } : withInterval(estimate, table);

/** Inverts the formula of Spearman and Brown. */
export const seedsFor = (reliability: number, single: number | null): number | null =>
  single === null || single <= 0
    ? null
    : Math.max(1, Math.ceil(((reliability / (1 - reliability)) * (1 - single)) / single - 1e-9));

/** Returns the noise ceiling of two datasets' correlation: the root of the product of both reliabilities. */
export const ceilingOf = (a: DeclaredReliability, b: DeclaredReliability): Estimate =>
  combine(ofMeans(a), ofMeans(b), (x, y) => Math.sqrt(x * y));

const seedCounts = (seeds: readonly Vector[]): number[] =>
  Array.from(seeds[0] ?? [], (_, row) => seeds.filter((seed) => !Number.isNaN(seed[row]!)).length);

function pooledDeviation(seeds: readonly Vector[]): number | null {
  let squares = 0;
  let degrees = 0;
  for (let row = 0; row < seeds[0]!.length; row++) {
    const errors = seeds.map((seed) => seed[row]!).filter((error) => !Number.isNaN(error));
    if (errors.length < 2) continue;
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    squares += errors.reduce((sum, error) => sum + (error - mean) ** 2, 0);
    degrees += errors.length - 1;
  }
  return degrees === 0 ? null : Math.sqrt(squares / degrees);
}
