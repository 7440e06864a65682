import type { Interval } from './intervals.ts';

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
