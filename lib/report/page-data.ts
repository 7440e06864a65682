import { escape, from, op } from 'arquero';
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

/** Validation errors of the architectures after an epoch, each the mean over its seeds. */
export interface EpochErrors {
  epoch: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  /** Means of those that are the best and the worst on the reference; null where none of them is there. */
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
  const [known, bestNames, worstNames] = [
    new Set(architectures),
    new Set(best.map((index) => architectures[index])),
    new Set(worst.map((index) => architectures[index])),
  ];
  const ofMarked = (marked: ReadonlySet<string | undefined>) =>
    escape(({ architecture, error }: { architecture: string; error: number }) =>
      marked.has(architecture) ? error : null,
    );
  const epochs = from(curves as CurveRow[], ['dataset', 'epoch', 'architecture', 'validationTop1Error'])
    .filter(
      escape(
        ({ architecture, validationTop1Error }: CurveRow) => known.has(architecture) && validationTop1Error !== null,
      ),
    )
    .groupby('dataset', 'epoch', 'architecture')
    .rollup({ error: op.mean('validationTop1Error') })
    .derive({ best: ofMarked(bestNames), worst: ofMarked(worstNames) })
    .groupby('dataset', 'epoch')
    .rollup({
      lowerQuartile: op.quantile('error', 0.25),
      median: op.median('error'),
      upperQuartile: op.quantile('error', 0.75),
      best: op.mean('best'),
      worst: op.mean('worst'),
    })
    .orderby('epoch')
    .objects() as (EpochErrors & { dataset: string })[];
  const byDataset = groupBy(epochs, ({ dataset }) => dataset);
  return datasets.map((dataset) =>
    (byDataset.get(dataset) ?? []).map(({ epoch, lowerQuartile, median, upperQuartile, best: low, worst: high }) => ({
      ...{ epoch, lowerQuartile, median, upperQuartile },
      ...{ best: low ?? null, worst: high ?? null },
    })),
  );
}

/** As JSON for a script element: six digits of a number are more than any chart shows. */
export function serializedPageData(data: PageData): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value,
  );
}
