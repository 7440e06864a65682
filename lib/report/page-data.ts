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

/** Validation errors of the architectures after an epoch, each the mean over its seeds. */
export interface EpochErrors {
  epoch: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  /** Means of those that are the best and the worst on the reference; null if there is none of them. */
  best: number | null;
  worst: number | null;
}

/** What the figures of a report are drawn from, at build and again in the page: plain JSON. Datasets begin with the reference. */
export interface PageData extends Omit<Analysis, 'matrix' | 'transfers'> {
  architectures: readonly string[];
  /** By dataset: mean errors over the seeds. */
  errors: readonly Column[];
  /** The best and the worst architectures on the reference, best and worst first. */
  best: readonly number[];
  worst: readonly number[];
  parameters: readonly PageParameter[];
  /** By dataset, epoch after epoch; empty if there are no curves. */
  trainingCurves: readonly (readonly EpochErrors[])[];
  /** By dataset. */
  titles: readonly DatasetTitle[];
  /** By which networks are ranked; absent for top-1 errors. */
  metric?: MetricName;
  /** By dataset: its trainings, a seed each. */
  trainings: readonly (readonly SeedTrainings[])[];
  /** Of tables that have errors alone: nothing tells how these came about. */
  hasErrorsAlone?: true;
}

/** The trainings of all architectures with one seed on a dataset, as columns over the architectures. */
export interface SeedTrainings {
  seed: number;
  /** Errors on the test images. */
  errors: Column;
  validationErrors?: Column;
  /** How long each took. */
  seconds?: Column;
  /** By index of the architecture: why there is no error. */
  failures: Readonly<Record<number, string>>;
}

/** Networks without an error on a dataset, over all datasets of a report. */
export const missingErrors = ({ errors }: Pick<PageData, 'errors'>): number =>
  errors.reduce((sum, column) => sum + column.filter((error) => error === null).length, 0);

/** What a dataset is called in prose and charts. */
export const titleOf = (data: Pick<PageData, 'datasets' | 'titles'>, dataset: string): string =>
  data.titles[data.datasets.findIndex((facts) => facts.dataset === dataset)]?.title ?? dataset;

/** The same beside the reference: of a part of it without its name. */
export const shortTitleOf = (data: Pick<PageData, 'datasets' | 'titles'>, dataset: string): string =>
  data.titles[data.datasets.findIndex((facts) => facts.dataset === dataset)]?.short ?? dataset;

/** What no figure is drawn from: the page has it as tables and sentences. */
export const onlyInText = {
  choices: [],
  comparisons: [],
  effectDifferences: [],
  testNoise: [],
} satisfies Partial<PageData>;

/** As JSON for a script element, without what no figure needs: six digits of a number are more than any chart shows. */
export function serializedPageData(data: PageData): string {
  return JSON.stringify({ ...data, ...onlyInText }, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value,
  );
}
