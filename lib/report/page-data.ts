import type { Analysis } from '../analysis/index.ts';
import type { MetricName } from '../results/metric.ts';
import type { Column } from './charts/chart.ts';
import type { DatasetTitle } from './words/datasets.ts';

/** A number that describes architectures, e.g. their total depth. */
export interface PageParameter {
  key: string;
  title: string;
  /** By dataset; a parameter that is the same on every dataset has one column. */
  values: readonly Column[];
}

/** Validation errors of the architectures after an epoch, as means over seeds. */
export interface EpochErrors {
  epoch: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  /** Means over the best and over the worst architectures on the reference; null if there are none. */
  best: number | null;
  worst: number | null;
}

/**
 * The data from which the figures of a report are drawn, when it is built and again in the page, as plain JSON. The reference is the first
 * dataset.
 */
export interface PageData extends Omit<Analysis, 'matrix' | 'transfers'> {
  architectures: readonly string[];
  /** By dataset: mean errors over the seeds. */
  errors: readonly Column[];
  /** The best and the worst architectures on the reference, the most extreme ones first. */
  best: readonly number[];
  worst: readonly number[];
  parameters: readonly PageParameter[];
  /** By dataset and epoch; empty if there are no curves. */
  trainingCurves: readonly (readonly EpochErrors[])[];
  /** By dataset. */
  titles: readonly DatasetTitle[];
  /** Metric by which networks are ranked; absent for top-1 errors. */
  metric?: MetricName;
  /** By dataset: its trainings by seed. */
  trainings: readonly (readonly SeedTrainings[])[];
  /** For tables that have only errors, without information on their trainings. */
  hasErrorsAlone?: true;
}

/** The trainings of all architectures with one seed on a dataset, as columns over the architectures. */
export interface SeedTrainings {
  seed: number;
  /** Errors on the test images. */
  errors: Column;
  validationErrors?: Column;
  /** Duration of each training. */
  seconds?: Column;
  /** By index of the architecture: the reason why there is no error. */
  failures: Readonly<Record<number, string>>;
}

/** Counts the networks without an error on a dataset, summed over all datasets of a report. */
export const missingErrors = ({ errors }: Pick<PageData, 'errors'>): number =>
  errors.reduce((sum, column) => sum + column.filter((error) => error === null).length, 0);

/** Returns the title of a dataset in prose and charts. */
export const titleOf = (data: Pick<PageData, 'datasets' | 'titles'>, dataset: string): string =>
  data.titles[data.datasets.findIndex((facts) => facts.dataset === dataset)]?.title ?? dataset;

/** The same beside the reference: the title of a part of it omits its name. */
export const shortTitleOf = (data: Pick<PageData, 'datasets' | 'titles'>, dataset: string): string =>
  data.titles[data.datasets.findIndex((facts) => facts.dataset === dataset)]?.short ?? dataset;

/** Members that no figure needs: the page has them as tables and sentences. */
export const onlyInText = {
  choices: [],
  comparisons: [],
  effectDifferences: [],
  testNoise: [],
} satisfies Partial<PageData>;

/**
 * Returns the data as JSON for a script element, without members that no figure needs, and with six digits per number, which is more than
 * any chart shows.
 */
export function serializedPageData(data: PageData): string {
  return JSON.stringify({ ...data, ...onlyInText }, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value,
  );
}
