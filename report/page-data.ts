import { quantileSorted } from 'simple-statistics';
import { groupBy } from '../analysis/group-by.ts';
import type { Analysis } from '../analysis/index.ts';
import type { CurveRow } from '../results/curves-table.ts';
import type { ResultRow } from '../results/results-table.ts';
import type { Column } from './charts/chart.ts';

/** A number that describes architectures, e.g. their total depth. */
export interface PageParameter {
  key: string;
  title: string;
  /** By dataset; a parameter that is the same on every dataset has one column. */
  values: readonly Column[];
}

/** Validation errors of the architectures after an epoch, each the mean over its seeds; null where there are none. */
export interface EpochErrors {
  epoch: number;
  lowerQuartile: number | null;
  median: number | null;
  upperQuartile: number | null;
  /** Means of those that are the best and the worst on the reference. */
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
  /** By dataset, epoch after epoch; empty where there are no curves. */
  trainingCurves: readonly (readonly EpochErrors[])[];
}

export interface PageDataInput {
  analysis: Analysis;
  rows: readonly ResultRow[];
  curves: readonly CurveRow[];
  /** By column. */
  parameterTitles: ReadonlyMap<string, string>;
  /** Architectures marked at each end of the reference's ranking. */
  extremes: number;
}

export function pageData({ analysis, rows, curves, parameterTitles, extremes }: PageDataInput): PageData {
  const { matrix } = analysis;
  const { architectures, datasets } = matrix;
  const errors = datasets.map((dataset) => matrix.errors.get(dataset)!);
  const ranked = [...architectures.keys()]
    .filter((index) => errors[0]![index] !== null)
    .sort((a, b) => errors[0]![a]! - errors[0]![b]!);
  const marked = Math.min(extremes, Math.floor(ranked.length / 2));
  const best = ranked.slice(0, marked);
  const worst = ranked.slice(ranked.length - marked).reverse();
  return {
    ...withoutTables(analysis),
    architectures,
    errors,
    best,
    worst,
    parameters: parametersOf(rows, architectures, datasets, parameterTitles),
    trainingCurves: trainingCurves(curves, architectures, datasets, best, worst),
  };
}

/** Without what the page has in another form, or does not show: most of the numbers of an analysis. */
function withoutTables(analysis: Analysis): Omit<Analysis, 'matrix' | 'transfers'> {
  const figures: Partial<Analysis> = { ...analysis };
  delete figures.matrix;
  delete figures.transfers;
  return figures as Omit<Analysis, 'matrix' | 'transfers'>;
}

function parametersOf(
  rows: readonly ResultRow[],
  architectures: readonly string[],
  datasets: readonly string[],
  titles: ReadonlyMap<string, string>,
): PageParameter[] {
  const place = new Map(architectures.map((name, index) => [name, index]));
  const rowsOf = groupBy(rows, ({ dataset }) => dataset);
  return [...titles].map(([key, title]) => {
    const columns = datasets.map((dataset) => {
      const column = Array<number | null>(architectures.length).fill(null);
      for (const row of rowsOf.get(dataset) ?? [])
        if (typeof row[key] === 'number') column[place.get(row.architecture)!] ??= row[key];
      return column;
    });
    const union = architectures.map((_, index) => columns.find((column) => column[index] !== null)?.[index] ?? null);
    const isShared = columns.every((column) =>
      column.every((value, index) => value === null || value === union[index]),
    );
    return { key, title, values: isShared ? [union] : columns };
  });
}

function trainingCurves(
  curves: readonly CurveRow[],
  architectures: readonly string[],
  datasets: readonly string[],
  best: readonly number[],
  worst: readonly number[],
): PageData['trainingCurves'] {
  const byDataset = groupBy(
    curves.filter(({ validationTop1Error }) => validationTop1Error !== null),
    ({ dataset }) => dataset,
  );
  return datasets.map((dataset) =>
    [...groupBy(byDataset.get(dataset) ?? [], ({ epoch }) => epoch)]
      .sort(([a], [b]) => a - b)
      .map(([epoch, rows]) => {
        const ofArchitecture = groupBy(rows, ({ architecture }) => architecture);
        const means = architectures.map((name) =>
          mean((ofArchitecture.get(name) ?? []).map(({ validationTop1Error }) => validationTop1Error!)),
        );
        const sorted = means.filter((error) => error !== null).sort((a, b) => a - b);
        const quantile = (share: number) => (sorted.length === 0 ? null : quantileSorted(sorted, share));
        const meanOf = (marked: readonly number[]) => mean(marked.flatMap((index) => means[index] ?? []));
        return {
          epoch,
          lowerQuartile: quantile(0.25),
          median: quantile(0.5),
          upperQuartile: quantile(0.75),
          best: meanOf(best),
          worst: meanOf(worst),
        };
      }),
  );
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** As JSON for a script element: six digits of a number are more than any chart shows. */
export function serializedPageData(data: PageData): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value,
  );
}
