import type { ResultRow } from './results-table.ts';

/**
 * Keys of the finished runs that are neither among the best nor among the worst of their dataset.
 * @param extremes runs at each end
 */
export function middlingRuns(rows: readonly ResultRow[], extremes: number): string[] {
  const finished = rows.filter(({ top1Error }) => top1Error !== null);
  return [...new Set(finished.map(({ dataset }) => dataset))].flatMap((dataset) => {
    const byError = finished
      .filter((row) => row.dataset === dataset)
      .sort((a, b) => a.top1Error! - b.top1Error!)
      .map((row) => String(row['runKey']));
    return byError.slice(extremes, Math.max(extremes, byError.length - extremes));
  });
}
