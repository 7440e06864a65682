import type { AnalysisTable } from './analysis-table.ts';
import type { ParameterEffect } from './effects.ts';
import type { Interval } from './intervals.ts';

/** What ranking architectures by one measure of their size would tell of the errors on a dataset. */
export interface SizeBaseline {
  dataset: string;
  /** `params`, `flops`, `acts`, `totalDepth`, or a covariate of the table. */
  measure: string;
  n: number;
  /** Spearman's rho of the measure with the error: negative where larger networks have smaller errors. */
  spearman: number | null;
  spearmanCi95: Interval | null;
}

/** The effects of those parameters that are sizes, as what they would tell alone. */
export function sizeBaselines({ sizes }: AnalysisTable, effects: readonly ParameterEffect[]): SizeBaseline[] {
  return effects
    .filter(({ parameter }) => sizes.includes(parameter))
    .map(({ parameter: measure, dataset, n, spearman, spearmanCi95 }) => ({
      dataset,
      measure,
      n,
      spearman,
      spearmanCi95,
    }));
}
