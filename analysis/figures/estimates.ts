import type { AnalysisTable } from '../analysis-table.ts';
import { interval, type Interval, type IntervalMethod } from '../intervals.ts';
import { estimate, type Figure } from '../resampling/figure.ts';

/** The method whose intervals hold their rate best in simulations, by kind of figure; see test/analysis/coverage.soak.ts. */
export const intervalMethods = {
  pearson: 'bca',
  spearman: 'bca',
  kendallTauB: 'percentile',
  weightedTau: 'percentile',
  line: 'bca',
  partialPearson: 'bca',
  reliability: 'bca',
  difference: 'bca',
  regret: 'percentile',
  precision: 'percentile',
} as const satisfies Record<string, IntervalMethod>;

export type FigureKind = keyof typeof intervalMethods;

/** A figure's value and its 95 % interval. */
export function withInterval(
  figure: Figure,
  kind: FigureKind,
  { replicates, intervals }: AnalysisTable,
): { value: number | null; ci95: Interval | null } {
  const sampleSize = kind === 'weightedTau' ? effectiveSize(figure.n) : figure.n;
  const method = intervals ?? intervalMethods[kind];
  return { value: estimate(figure), ci95: interval(figure, replicates, method, sampleSize) };
}

/** Of hyperbolic weights 1, 1/2, ... 1/n: the square of their sum over the sum of their squares (Kish 1965). */
function effectiveSize(n: number): number {
  let sum = 0;
  let squares = 0;
  for (let rank = 1; rank <= n; rank++) {
    sum += 1 / rank;
    squares += 1 / (rank * rank);
  }
  return (sum * sum) / squares;
}
