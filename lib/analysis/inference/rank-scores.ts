import { columnOrder } from '../resampling/column-order.ts';
import type { Vector } from '../table/vectors.ts';

/** Returns midranks minus their mean, scaled to length 1, with 0 for missing values; null if constant. */
export function rankScores(vector: Vector): Float64Array | null {
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

/** Returns the sum of the products; for the rank scores of complete vectors, Spearman's rho. */
export function productSum(a: Float64Array, b: Float64Array): number {
  let [even, odd] = [0, 0];
  const last = a.length - 1;
  for (let i = 0; i < last; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return even + odd + (last % 2 === 0 ? a[last]! * b[last]! : 0);
}
