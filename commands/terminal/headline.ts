import type { Analysis } from '../../lib/analysis/index.ts';
import { textTable } from './table.ts';

/** The correlations with the reference as a table for the terminal. */
export function headlineTable({
  correlations,
  reference,
  matrix,
}: Pick<Analysis, 'correlations' | 'reference' | 'matrix'>): string {
  const number = (value: number | null) => (value === null ? '-' : `${value < 0 ? '' : '+'}${value.toFixed(3)}`);
  const rows = correlations
    .filter(({ a }) => a === reference)
    .map(({ b, n, pearson, pearsonCi95, spearman, kendallTauB }) => {
      const errors = (matrix.errors.get(b) ?? []).filter((error) => error !== null);
      return [
        b,
        String(n),
        number(pearson),
        pearsonCi95 === null ? '-' : `${number(pearsonCi95[0])} to ${number(pearsonCi95[1])}`,
        number(spearman),
        number(kendallTauB),
        errors.length === 0
          ? '-'
          : `${(100 * Math.min(...errors)).toFixed(1)}-${(100 * Math.max(...errors)).toFixed(1)} %`,
      ];
    });
  return textTable(
    [`with ${reference}`, 'n', 'Pearson r', '95 % interval', 'Spearman', 'Kendall tau-b', 'errors'],
    rows,
  );
}
