import type { AnalysisTable } from './analysis-table.ts';
import type { DatasetFacts } from './datasets.ts';
import { withInterval } from './figures/estimates.ts';
import { pearson } from './figures/moments.ts';
import { bootstrapPValue, type Interval } from './intervals.ts';
import { difference, estimate, meanOf, type Figure } from './resampling/figure.ts';
import type { Measurement } from './resampling/measurement.ts';

/** Whether the reference restricted to a number of classes tells more of a target than the whole reference does. */
export interface SubsetComparison {
  target: string;
  /** Classes of the subsets. */
  classes: number;
  /** Every draw of that many classes, in the order of its number. */
  draws: SubsetDraw[];
  /** Mean over the draws of Pearson's r with the target. */
  meanPearson: number | null;
  meanPearsonCi95: Interval | null;
  /** Standard deviation of r over the draws; null for a single draw. */
  drawDeviation: number | null;
  /** r(reference, target). */
  referencePearson: number | null;
  /** Mean r of the draws minus r of the reference; paired resamples. */
  difference: number | null;
  differenceCi95: Interval | null;
  pValue: number | null;
  /** The reference with as many images as the subset but all its classes; null where the table has none. */
  control: {
    datasets: string[];
    pearson: number | null;
    pearsonCi95: Interval | null;
    /** Mean r of the draws minus r of the control: what fewer classes do beyond fewer images. */
    difference: number | null;
    differenceCi95: Interval | null;
    pValue: number | null;
  } | null;
}

export interface SubsetDraw {
  dataset: string;
  /** Its number; null where the table does not say. */
  classDraw: number | null;
  /** Architectures with an error on subset and target. */
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
}

/** Declares the comparison of each number of classes; the returned function gives them once measured. */
export function declareSubsets(
  measurement: Measurement,
  table: AnalysisTable,
  target: number,
): () => SubsetComparison[] {
  const errors = table.errors[target]!;
  const withTarget = (dataset: number) => {
    const column = table.errors[dataset]!;
    return pearson(measurement, measurement.sample(column, errors), column, errors);
  };
  const reference = withTarget(0);
  const members = (role: DatasetFacts['role']) =>
    table.facts.flatMap((facts, dataset) =>
      facts.role === role ? [{ facts, dataset, figure: withTarget(dataset) }] : [],
    );
  const [subsets, controls] = [members('subset'), members('control')];
  const counts = [...new Set(subsets.map(({ facts }) => facts.classes!))].sort((a, b) => b - a);
  return () =>
    counts.map((classes) => {
      const draws = subsets
        .filter(({ facts }) => facts.classes === classes)
        .sort((a, b) => (a.facts.classDraw ?? 0) - (b.facts.classDraw ?? 0));
      const matched = controls.filter(({ facts }) => facts.classes === classes);
      const mean = meanOf(draws.map(({ figure }) => figure));
      const control = meanOf(matched.map(({ figure }) => figure));
      return {
        target: table.datasets[target]!,
        classes,
        draws: draws.map(({ facts, figure }) => ({
          dataset: facts.dataset,
          classDraw: facts.classDraw,
          n: figure.n,
          ...named(figure, table),
        })),
        meanPearson: mean ? estimate(mean) : null,
        meanPearsonCi95: mean ? withInterval(mean, table).ci95 : null,
        drawDeviation: deviation(draws.flatMap(({ figure }) => estimate(figure) ?? [])),
        referencePearson: estimate(reference),
        ...gain(mean, reference, table),
        control:
          matched.length === 0
            ? null
            : {
                datasets: matched.map(({ facts }) => facts.dataset),
                ...named(control, table),
                ...gain(mean, control, table),
              },
      };
    });
}

function named(figure: Figure | undefined, table: AnalysisTable) {
  if (figure === undefined) return { pearson: null, pearsonCi95: null };
  const { value, ci95 } = withInterval(figure, table);
  return { pearson: value, pearsonCi95: ci95 };
}

function gain(mean: Figure | undefined, other: Figure | undefined, table: AnalysisTable) {
  if (mean === undefined || other === undefined) return { difference: null, differenceCi95: null, pValue: null };
  const gained = difference(mean, other);
  const { value, ci95 } = withInterval(gained, table);
  return {
    difference: value,
    differenceCi95: ci95,
    pValue: bootstrapPValue(gained, table.replicates, table.intervals),
  };
}

function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
