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

/** What the figures of a report are drawn from, at build and again in the page: plain JSON. Datasets begin with the reference. */
export interface PageData extends Omit<Analysis, 'matrix' | 'transfers'> {
  architectures: readonly string[];
  /** By dataset: mean errors over the seeds. */
  errors: readonly Column[];
  /** The best and the worst architectures on the reference, best and worst first. */
  best: readonly number[];
  worst: readonly number[];
  parameters: readonly PageParameter[];
  /** By dataset and architecture: mean validation errors over the seeds, epoch after epoch; null where there are none. */
  trainingCurves: readonly (readonly (readonly (number | null)[] | null)[])[];
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
  const { matrix, transfers: _, ...figures } = analysis;
  const { architectures, datasets } = matrix;
  const errors = datasets.map((dataset) => matrix.errors.get(dataset)!);
  const ranked = [...architectures.keys()]
    .filter((index) => errors[0]![index] !== null)
    .sort((a, b) => errors[0]![a]! - errors[0]![b]!);
  const marked = Math.min(extremes, Math.floor(ranked.length / 2));
  return {
    ...figures,
    architectures,
    errors,
    best: ranked.slice(0, marked),
    worst: ranked.slice(ranked.length - marked).reverse(),
    parameters: parametersOf(rows, architectures, datasets, parameterTitles),
    trainingCurves: meanCurves(curves, architectures, datasets),
  };
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

function meanCurves(
  curves: readonly CurveRow[],
  architectures: readonly string[],
  datasets: readonly string[],
): PageData['trainingCurves'] {
  const sums = new Map<string, { sum: number; count: number }[]>();
  for (const { architecture, dataset, epoch, validationTop1Error } of curves) {
    if (validationTop1Error === null) continue;
    const key = JSON.stringify([dataset, architecture]);
    const epochs = sums.get(key) ?? [];
    const of = (epochs[epoch - 1] ??= { sum: 0, count: 0 });
    of.sum += validationTop1Error;
    of.count++;
    sums.set(key, epochs);
  }
  return datasets.map((dataset) =>
    architectures.map((architecture) => {
      const epochs = sums.get(JSON.stringify([dataset, architecture]));
      return epochs === undefined ? null : Array.from(epochs, (of) => (of === undefined ? null : of.sum / of.count));
    }),
  );
}

/** As JSON for a script element: six digits of a number are more than any chart shows. */
export function serializedPageData(data: PageData): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value,
  );
}
