import type { RandomStream } from '../core/random.ts';
import { pearson } from './correlation.ts';

/**
 * Two-sided p-value of Pearson's r under the hypothesis that x and y are unrelated: the share of random pairings at least as
 * far from 0, counting the observed one (Phipson and Smyth 2010). Null where r is undefined.
 */
export function permutationPValue(
  x: Float64Array,
  y: Float64Array,
  permutations: number,
  rng: RandomStream,
): number | null {
  const observed = x.length < 3 ? null : pearson(x, y);
  if (observed === null) return null;
  const shuffled = Float64Array.from(y);
  let asFar = 1;
  for (let permutation = 0; permutation < permutations; permutation++) {
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = rng.integer(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    if (Math.abs(pearson(x, shuffled) as number) >= Math.abs(observed) - 1e-12) asFar++;
  }
  return asFar / (permutations + 1);
}

/** Holm's (1979) step-down correction of p-values of a family of tests, in their order; nulls stay and do not count. */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const tests = pValues.filter((p) => p !== null).length;
  const order = pValues
    .map((p, index) => ({ p, index }))
    .filter((test): test is { p: number; index: number } => test.p !== null);
  order.sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = pValues.map(() => null);
  let largest = 0;
  order.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (tests - rank)));
    corrected[index] = largest;
  });
  return corrected;
}
