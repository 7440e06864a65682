import type { AnalysisTable } from './analysis-table.ts';
import type { Column } from './columns.ts';
import { withInterval } from './figures/estimates.ts';
import { line } from './figures/moments.ts';
import { normalQuantile, type Interval } from './intervals.ts';
import { estimate } from './resampling/figure.ts';
import type { Measurement } from './resampling/measurement.ts';

/** Scales on which the accuracy on a target is a line of the accuracy on the reference (Miller et al. 2021). */
export const lineScales = ['linear', 'probit', 'logit'] as const;

export type LineScale = (typeof lineScales)[number];

/**
 * Ordinary least squares of the target's accuracy on the reference's, both on one scale. All but `n` are null where undefined:
 * fewer than three architectures, or the same accuracy for all of them.
 */
export interface Line {
  /** Architectures; those with an accuracy of exactly 0 or 1 are left out, so that the three scales show the same ones. */
  n: number;
  slope: number | null;
  slopeCi95: Interval | null;
  intercept: number | null;
  interceptCi95: Interval | null;
  r2: number | null;
  r2Ci95: Interval | null;
}

/** From an accuracy between 0 and 1. */
const transforms: Record<LineScale, (accuracy: number) => number> = {
  linear: (accuracy) => accuracy,
  probit: normalQuantile,
  logit: (accuracy) => Math.log(accuracy / (1 - accuracy)),
};

/** Accuracies on a scale; NaN for 0 and 1, which have no place on two of them. */
const accuracies = (errors: Column, scale: LineScale): Column =>
  errors.map((error) => (error > 0 && error < 1 ? transforms[scale](1 - error) : NaN));

export interface ScaledLine {
  line: Line;
  /**
   * By architecture of the table: accuracy on the target minus the line's at its accuracy on the reference, on the line's scale;
   * null where it lacks one of them.
   */
  residuals: (number | null)[];
}

/** Declares a line; the returned function gives it once it was measured. */
export function declareLine(
  measurement: Measurement,
  table: AnalysisTable,
  target: number,
  scale: LineScale,
): () => ScaledLine {
  const [x, y] = [accuracies(table.errors[0]!, scale), accuracies(table.errors[target]!, scale)];
  const sample = measurement.sample(x, y);
  const figures = line(measurement, sample, x, y);
  return () => {
    const [slope, intercept, r2] = [figures.slope, figures.intercept, figures.r2].map((figure) =>
      withInterval(figure, table),
    ) as [ReturnType<typeof withInterval>, ReturnType<typeof withInterval>, ReturnType<typeof withInterval>];
    const [a, b] = [estimate(figures.intercept), estimate(figures.slope)];
    return {
      line: {
        n: sample.rows.length,
        slope: slope.value,
        slopeCi95: slope.ci95,
        intercept: intercept.value,
        interceptCi95: intercept.ci95,
        r2: r2.value,
        r2Ci95: r2.ci95,
      },
      residuals: Array.from(x, (reference, row) => {
        const residual = a === null || b === null ? NaN : y[row]! - (a + b * reference);
        return Number.isNaN(residual) ? null : residual;
      }),
    };
  };
}
