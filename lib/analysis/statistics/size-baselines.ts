import { spearman } from '../coefficients/ranks.ts';
import type { Interval } from '../inference/intervals.ts';
import { withRankInterval } from '../inference/rank-intervals.ts';
import { ofEach } from '../statistic.ts';

/** The rank correlation of a measure of size with the errors on a dataset. */
export interface SizeBaseline {
  dataset: string;
  /** `params`, `flops`, `acts`, `totalDepth`, or a covariate of the table. */
  measure: string;
  n: number;
  /** Spearman's rho of the measure with the error: negative if larger networks have smaller errors. */
  spearman: number | null;
  spearmanCi95: Interval | null;
}

export const sizeBaselines = ofEach('dataset', (measurement, table, dataset) => {
  const errors = table.errors[dataset]!;
  const declared = table.sizes.map((measure) => {
    const sizes = table.parameters.get(measure)![dataset]!;
    const sample = measurement.sample(sizes, errors);
    return { measure, n: sample.rows.length, rho: spearman(measurement, sample, sizes, errors) };
  });
  return () =>
    declared.map(({ measure, n, rho }): SizeBaseline => {
      const { value, ci95 } = withRankInterval(rho, table);
      return { dataset: table.datasets[dataset]!, measure, n, spearman: value, spearmanCi95: ci95 };
    });
});
