import type { AnalysisOptions } from '../../../lib/analysis/index.ts';
import type { ResultRow } from '../../../lib/results/results-table.ts';

/** Options that take little time. */
export const options = (changes: Partial<AnalysisOptions> = {}): AnalysisOptions => ({
  reference: 'reference',
  bootstrapResamples: 200,
  seed: 0,
  parameters: [],
  ...changes,
});

/** Rows of one dataset, architecture after architecture; null is a run that did not finish. */
export const rowsOf = (
  dataset: string,
  errors: readonly (number | null)[],
  { seed = 0, further = [] }: { seed?: number; further?: readonly object[] } = {},
): ResultRow[] =>
  errors.map((top1Error, index) => ({
    architecture: `arch-${String(index).padStart(3, '0')}`,
    dataset,
    seed,
    top1Error,
    ...further[index],
  }));
