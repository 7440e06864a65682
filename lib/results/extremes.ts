import { escape, from, op } from 'arquero';
import type { ResultRow } from './results-table.ts';

/**
 * Returns the keys of the finished runs that are neither among the best nor among the worst of their dataset.
 * @param extremes runs at each end
 */
export function runsBetweenExtremes(rows: readonly ResultRow[], extremes: number): string[] {
  const ranked = from(rows as ResultRow[], ['dataset', 'top1Error', 'runKey'])
    .filter(escape(({ top1Error }: ResultRow) => top1Error !== null))
    .groupby('dataset')
    .orderby('top1Error')
    .derive({ rank: op.row_number(), count: op.count() });
  const isMiddling = ({ rank, count }: { rank: number; count: number }) => rank > extremes && rank <= count - extremes;
  return ranked.filter(escape(isMiddling)).array('runKey') as string[];
}
