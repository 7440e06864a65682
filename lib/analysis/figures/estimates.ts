import type { AnalysisTable } from '../analysis-table.ts';
import { interval, type Interval } from '../intervals.ts';
import { estimate, type Figure } from '../resampling/figure.ts';

/** A figure's value and its 95 % interval, null where undefined. */
export function withInterval(
  figure: Figure,
  { replicates, intervals }: AnalysisTable,
  sampleSize = figure.n,
): { value: number | null; ci95: Interval | null } {
  return { value: estimate(figure), ci95: interval(figure, replicates, intervals, sampleSize) };
}
