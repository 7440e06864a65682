import type { RandomStream } from '../../core/random.ts';
import { stream } from '../../core/streams.ts';
import { columnOrder } from '../resampling/column-order.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { Vector } from '../table/vectors.ts';

/** What random pairings say of the rank correlations of some vectors with one. */
export interface PermutationTests {
  /** By vector: |statistic| of the observed pairing; null if it is undefined. */
  observed: (number | null)[];
  /** By vector: two-sided p-value, alone: the share of pairings that are as far from 0, counting the observed one (Phipson and Smyth 2010). */
  pValues: (number | null)[];
  /** By permutation: the largest |statistic| of all vectors. */
  largest: Float64Array;
}

/**
 * Tests of Spearman's rho of some vectors with one, for Westfall and Young's (1993) maxT: architectures are permuted jointly, by the same
 * permutations in every call, so that the largest statistics of several calls can be combined. The statistic is the sum of the products of
 * the ranks, scaled to length 1 each: Spearman's rho if all architectures have both, else they count as of middle rank.
 */
export function permutationTests(
  { permutations, seed, architectures }: Pick<AnalysisTable, 'permutations' | 'seed' | 'architectures'>,
  vectors: readonly Vector[],
  other: Vector,
): PermutationTests {
  const integer = generator(stream(seed, 'permutations'));
  const scores = vectors.map(rankScores);
  const values = rankScores(other);
  const limits = scores.map((own) => (own === null || values === null ? null : Math.abs(productSum(own, values))));
  const exceedances = new Float64Array(vectors.length);
  const largest = new Float64Array(permutations);
  const shuffled = values ?? new Float64Array(architectures.length);
  for (let permutation = 0; permutation < permutations; permutation++) {
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const value = shuffled[i]!;
      shuffled[i] = shuffled[j]!;
      shuffled[j] = value;
    }
    scores.forEach((own, index) => {
      const limit = limits[index]!;
      if (own === null || limit === null) return;
      const statistic = Math.abs(productSum(own, shuffled));
      // Pairings that are as far must not seem nearer by rounding.
      if (statistic >= limit - rounding) exceedances[index]!++;
      if (statistic > largest[permutation]!) largest[permutation] = statistic;
    });
  }
  const pValues = limits.map((limit, index) =>
    limit === null ? null : (exceedances[index]! + 1) / (permutations + 1),
  );
  return { observed: limits, pValues, largest };
}

const rounding = 1e-12;

/** Uniform integers below a bound by sfc32 (Doty-Humphrey 2010), which a stream seeds: a permutation needs as many as there are architectures. */
function generator(seed: RandomStream): (bound: number) => number {
  let [a, b, c, counter] = [0, 0, 0].map(() => seed.integer(2 ** 32) | 0).concat(1) as [number, number, number, number];
  return (bound) => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return Math.floor(((sum >>> 0) / 2 ** 32) * bound);
  };
}

/** p-values corrected over several calls, in their order: the share of permutations whose largest statistic of all is as large. */
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

/** Midranks less their mean, scaled to length 1, 0 for missing values; null if constant. */
function rankScores(vector: Vector): Float64Array | null {
  const rows = Int32Array.from(vector.keys()).filter((row) => !Number.isNaN(vector[row]));
  const { order, last, levels } = columnOrder(Float64Array.from(rows, (row) => vector[row]!));
  if (levels < 2) return null;
  const scores = new Float64Array(vector.length);
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    while (last[end] === 0) end++;
    end++;
    for (let place = begin; place < end; place++) scores[rows[order[place]!]!] = (begin + end - order.length) / 2;
  }
  const length = Math.sqrt(productSum(scores, scores));
  return scores.map((score) => score / length);
}

function productSum(a: Float64Array, b: Float64Array): number {
  let [even, odd] = [0, 0];
  const last = a.length - 1;
  for (let i = 0; i < last; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return even + odd + (last % 2 === 0 ? a[last]! * b[last]! : 0);
}
