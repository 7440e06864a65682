import { inPairs } from '../kernel/column-pairs.ts';
import { lanes, weightBytes, type Kernel } from '../kernel/kernel.ts';
import { generatorStates } from '../resampling/replicates.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { Vector } from '../table/vectors.ts';
import { productSum, rankScores } from './rank-scores.ts';

/** Permutation tests of the rank correlations of some vectors with one. */
export interface PermutationTests {
  /** By vector: |statistic| of the observed pairing; null if it is undefined. */
  observed: (number | null)[];
  /**
   * By vector: uncorrected two-sided p-value, the share of pairings at least as far from 0, counting the observed one (Phipson and Smyth
   * 2010).
   */
  pValues: (number | null)[];
  /** By permutation: the largest |statistic| of all vectors. */
  largest: Float64Array;
}

/**
 * Tests of Spearman's rho of some vectors with one, for Westfall and Young's (1993) maxT: architectures are permuted jointly, by the same
 * permutations in every call, so that the largest statistics of several calls can be combined. The statistic is the sum of the products of
 * the ranks, each scaled to length 1: Spearman's rho if all architectures have both values; an architecture without one counts as of middle
 * rank.
 */
export function permutationTests(
  kernel: Kernel,
  { permutations, seed }: Pick<AnalysisTable, 'permutations' | 'seed'>,
  vectors: readonly Vector[],
  other: Vector,
): PermutationTests {
  const values = rankScores(other);
  const scores = vectors.map((vector) => (values === null ? null : rankScores(vector)));
  const observed = scores.map((own) => own && Math.abs(productSum(own, values!)));
  const exceedances = new Float64Array(vectors.length);
  const largest = new Float64Array(permutations);
  const tested = [...vectors.keys()].filter((index) => scores[index] !== null);
  const columns = tested.map((index) => scores[index]!);
  if (values !== null)
    forEachPermutation(kernel, { permutations, seed }, columns, values, (permutation, column, product) => {
      const index = tested[column]!;
      const statistic = Math.abs(product);
      // Rounding must not make equally distant pairings seem nearer.
      if (statistic >= observed[index]! - rounding) exceedances[index]!++;
      if (statistic > largest[permutation]!) largest[permutation] = statistic;
    });
  const pValues = observed.map((limit, index) =>
    limit === null ? null : (exceedances[index]! + 1) / (permutations + 1),
  );
  return { observed, pValues, largest };
}

const rounding = 1e-12;

/**
 * Calls back with the sum of the products of each column with every permutation of the values; eight permutations are made side by side.
 */
function forEachPermutation(
  kernel: Kernel,
  { permutations, seed }: { permutations: number; seed: number },
  columns: readonly Float64Array[],
  values: Float64Array,
  report: (permutation: number, column: number, product: number) => void,
): void {
  const { length } = values;
  const start = kernel.allocate(0);
  const state = kernel.place(generatorStates(1, seed, 'permutations'));
  const shuffled = kernel.place(values);
  const pairs = kernel.place(inPairs(columns, length));
  const wide = kernel.allocate(weightBytes * length);
  const sums = kernel.allocate(weightBytes * (columns.length + 1));
  for (let first = 0; first < permutations; first += lanes) {
    const active = Math.min(lanes, permutations - first);
    for (let lane = 0; lane < active; lane++) kernel.run.shuffle(state, shuffled, length, wide, lane);
    kernel.run.momentSums(length, wide, pairs, columns.length, sums);
    const products = kernel.float64(sums, lanes * columns.length);
    for (let column = 0; column < columns.length; column++)
      for (let lane = 0; lane < active; lane++) report(first + lane, column, products[lanes * column + lane]!);
  }
  kernel.release(start);
}

/**
 * Returns p-values corrected over several calls, in their order: the share of permutations whose overall largest statistic is at least as
 * large.
 */
export function maxTPValues(calls: readonly PermutationTests[]): (number | null)[][] {
  const largest = (calls[0]?.largest ?? new Float64Array(0)).map((_, permutation) =>
    calls.reduce((most, of) => Math.max(most, of.largest[permutation]!), 0),
  );
  return calls.map(({ observed }) =>
    observed.map((limit) =>
      limit === null
        ? null
        : (largest.reduce((sum, value) => sum + (value >= limit - rounding ? 1 : 0), 0) + 1) / (largest.length + 1),
    ),
  );
}
