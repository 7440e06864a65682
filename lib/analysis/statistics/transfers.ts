import { lineScales, declareLine, type LineScale } from './lines.ts';
import { columnOrder } from '../resampling/column-order.ts';
import { ofEach } from '../statistic.ts';
import type { Vector } from '../table/vectors.ts';

/**
 * The performance of each architecture on a target, compared with the reference's prediction. Arrays are in the order of the error matrix's
 * architectures; null if an architecture lacks one of the two errors.
 */
export interface ArchitectureTransfer {
  target: string;
  /**
   * Accuracy on the target minus the line's prediction from the architecture's accuracy on the reference, on the line's scale: positive for
   * architectures that do better than predicted (effective robustness, Taori et al. 2020).
   */
  residuals: Record<LineScale, (number | null)[]>;
  /** Rank by error among the architectures that have both, from 1 for the best; ties share the mean of their ranks. */
  referenceRank: (number | null)[];
  targetRank: (number | null)[];
}

export const transfers = ofEach('target', (measurement, table, target) => {
  const [reference, errors] = [table.errors[0]!, table.errors[target]!];
  const lines = lineScales.map((scale) => [scale, declareLine(measurement, table, target, scale)] as const);
  return (): ArchitectureTransfer[] => {
    const hasBoth = (row: number) => !Number.isNaN(reference[row]! + errors[row]!);
    return [
      {
        target: table.datasets[target]!,
        residuals: Object.fromEntries(lines.map(([scale, measured]) => [scale, measured().residuals])) as Record<
          LineScale,
          (number | null)[]
        >,
        referenceRank: midranks(reference, hasBoth),
        targetRank: midranks(errors, hasBoth),
      },
    ];
  };
});

/** Returns ranks from 1 for the lowest value, ties sharing the mean of their ranks; null for rows that are not ranked. */
export function midranks(values: Vector, isRanked: (row: number) => boolean): (number | null)[] {
  const rows = Int32Array.from(values.keys()).filter(isRanked);
  const { order, last } = columnOrder(Float64Array.from(rows, (row) => values[row]!));
  const ranks: (number | null)[] = Array.from(values, () => null);
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    while (last[end] === 0) end++;
    end++;
    for (let place = begin; place < end; place++) ranks[rows[order[place]!]!] = (begin + 1 + end) / 2;
  }
  return ranks;
}
