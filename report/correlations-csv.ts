import { formatCsv } from '../files/csv.ts';
import type { PairCorrelation } from '../analysis/index.ts';

/** Correlations as CSV: the columns of `PairCorrelation`, with intervals as two columns; undefined values are empty. */
export function correlationsCsv(correlations: readonly PairCorrelation[]): string {
  const names = ['pearson', 'spearman', 'kendallTauB'] as const;
  const header = ['a', 'b', 'n', ...names.flatMap((name) => [name, `${name}Ci95Low`, `${name}Ci95High`])];
  const rows = correlations.map((pair) => [
    pair.a,
    pair.b,
    pair.n,
    ...names.flatMap((name) => [pair[name], pair[`${name}Ci95`]?.[0], pair[`${name}Ci95`]?.[1]]),
  ]);
  return formatCsv(header, rows);
}
