import type { Column } from './charts/chart.ts';

/**
 * Returns ranks, from 1 for the lowest error, among the architectures that have both errors; null for all others. Ties share the first
 * rank.
 */
export function commonRanks(a: Column, b: Column): ([number, number] | null)[] {
  const rows = [...a.keys()].filter((row) => a[row] != null && b[row] != null);
  const [ofA, ofB] = [ranksOf(rows, a), ranksOf(rows, b)];
  return Array.from(a, (_, row) => (ofA.has(row) ? [ofA.get(row)!, ofB.get(row)!] : null));
}

function ranksOf(rows: readonly number[], values: Column): Map<number, number> {
  const sorted = [...rows].sort((x, y) => values[x]! - values[y]!);
  const ranks = new Map<number, number>();
  sorted.forEach((row, index) => {
    const before = sorted[index - 1];
    ranks.set(row, before !== undefined && values[before] === values[row] ? ranks.get(before)! : index + 1);
  });
  return ranks;
}

/** Counts how many of the k best, and of the k worst, are the same in two rankings. */
export function sharedExtremes(
  ranks: readonly ([number, number] | null)[],
  k: number,
): { best: number; worst: number } {
  const known = ranks.filter((of) => of !== null);
  const among = (side: 0 | 1, sign: 1 | -1) =>
    new Set([...known].sort((x, y) => sign * (x[side] - y[side])).slice(0, k));
  const count = (sign: 1 | -1) => {
    const other = among(1, sign);
    return [...among(0, sign)].filter((of) => other.has(of)).length;
  };
  return { best: count(1), worst: count(-1) };
}

/** Returns the number compared at each end: at most ten, and at most a third of all. */
export const extremesOf = (ranks: readonly ([number, number] | null)[]): number =>
  Math.min(10, Math.floor(ranks.filter((of) => of !== null).length / 3));
