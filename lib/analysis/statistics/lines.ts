import type { AnalysisTable } from '../table/analysis-table.ts';
import { remembered, type Vector } from '../table/vectors.ts';
import { line } from '../coefficients/moments.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { probit } from '../../core/probit.ts';
import { valueOf } from '../resampling/estimate.ts';
import type { Measurement } from '../resampling/measurement.ts';

/** Scales on which the accuracy on a target is fitted as a linear function of the accuracy on the reference (Miller et al. 2021). */
export const lineScales = ['linear', 'probit', 'logit'] as const;

export type LineScale = (typeof lineScales)[number];

/**
 * Ordinary least squares of the target's accuracy on the reference's, both on one scale. All but `n` are null if undefined:
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

/** Transforms of an accuracy between 0 and 1. */
const transforms: Record<LineScale, (accuracy: number) => number> = {
  linear: (accuracy) => accuracy,
  probit: probit,
  logit: (accuracy) => Math.log(accuracy / (1 - accuracy)),
};

/** Accuracies on each scale; NaN for 0 and 1, which two of the scales do not have. */
const accuracies = Object.fromEntries(
  lineScales.map((scale) => [
    scale,
    remembered((errors) => errors.map((error) => (error > 0 && error < 1 ? transforms[scale](1 - error) : NaN))),
  ]),
) as Record<LineScale, (errors: Vector) => Vector>;

export interface ScaledLine {
  line: Line;
  /**
   * By architecture of the table: accuracy on the target minus the line's prediction from its accuracy on the reference, on the line's
   * scale; null if it lacks one of them.
   */
  residuals: (number | null)[];
}

/** Declares a line; the returned function gives it after the measurement. */
export function declareLine(
  measurement: Measurement,
  table: AnalysisTable,
  target: number,
  scale: LineScale,
): () => ScaledLine {
  const [x, y] = [accuracies[scale](table.errors[0]!), accuracies[scale](table.errors[target]!)];
  const sample = measurement.sample(x, y);
  const figures = line(measurement, sample, x, y);
  return () => {
    const [slope, intercept, r2] = [figures.slope, figures.intercept, figures.r2].map((figure) =>
      withInterval(figure, table),
    ) as [ReturnType<typeof withInterval>, ReturnType<typeof withInterval>, ReturnType<typeof withInterval>];
    const [a, b] = [valueOf(figures.intercept), valueOf(figures.slope)];
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
