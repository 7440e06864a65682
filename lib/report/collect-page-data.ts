import { escape, from, op } from 'arquero';
import type { Analysis } from '../analysis/index.ts';
import type { CurveRow } from '../results/curves-table.ts';
import type { MetricName } from '../results/metric.ts';
import type { ResultRow } from '../results/results-table.ts';
import { groupBy } from './group-by.ts';
import type { EpochErrors, PageData, PageParameter, SeedTrainings } from './page-data.ts';
import { shownClasses } from './shown-classes.ts';
import { datasetTitles, type DatasetTitle } from './words/datasets.ts';

export interface PageDataInput {
  analysis: Analysis;
  rows: readonly ResultRow[];
  curves: readonly CurveRow[];
  /** Titles of whole datasets, e.g. "Fashion-MNIST", by the names of their parts; absent for tables from elsewhere. */
  wholeTitles?: ReadonlyMap<string, string>;
  /** By column. */
  parameterTitles: ReadonlyMap<string, string>;
  /** Architectures marked at each end of the reference's ranking. */
  extremes: number;
  metric?: MetricName | undefined;
}

/** Collects the data from which the page of an analysis is drawn. */
export function pageData(input: PageDataInput): PageData {
  const { analysis, rows, curves, parameterTitles, extremes, wholeTitles, metric } = input;
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
    titles: titlesOf(analysis, rows, wholeTitles),
    trainings: trainingsOf(rows, architectures, datasets),
    ...(metric && { metric }),
    ...(rows.every(({ outcome }) => typeof outcome !== 'string') && { hasErrorsAlone: true }),
  };
}

function titlesOf(
  { datasets }: Analysis,
  rows: readonly ResultRow[],
  wholeTitles: ReadonlyMap<string, string> = new Map(),
): DatasetTitle[] {
  const images = new Map<string, number>();
  for (const { dataset, imagesPerEpoch } of rows)
    if (typeof imagesPerEpoch === 'number' && !images.has(dataset)) images.set(dataset, imagesPerEpoch);
  const all = images.get(datasets[0]!.dataset);
  return datasetTitles(
    datasets.map((facts) => {
      const own = images.get(facts.dataset);
      return {
        ...facts,
        wholeTitle: wholeTitles.get(facts.dataset),
        imageShare: own === undefined || all === undefined ? null : own / all,
      };
    }),
  );
}

function trainingsOf(
  rows: readonly ResultRow[],
  architectures: readonly string[],
  datasets: readonly string[],
): SeedTrainings[][] {
  const indexOf = new Map(architectures.map((name, index) => [name, index]));
  const rowsOf = groupBy(rows, ({ dataset }) => dataset);
  return datasets.map((dataset) =>
    [...groupBy(rowsOf.get(dataset) ?? [], ({ seed }) => seed)]
      .sort(([a], [b]) => a - b)
      .map(([seed, own]) => {
        const column = (key: string, digits: number) => {
          const values = Array<number | null>(architectures.length).fill(null);
          for (const row of own) {
            const value = row[key];
            if (typeof value === 'number') values[indexOf.get(row.architecture)!] = Number(value.toPrecision(digits));
          }
          return values;
        };
        const optional = (name: string, key: string, digits: number) =>
          own.some((row) => typeof row[key] === 'number') ? { [name]: column(key, digits) } : {};
        return {
          seed,
          errors: column('top1Error', 6),
          ...optional('validationErrors', 'validationTop1Error', 5),
          ...optional('seconds', 'trainingSeconds', 3),
          failures: Object.fromEntries(
            own.flatMap((row) => (row.top1Error === null ? [[indexOf.get(row.architecture)!, failureOf(row)]] : [])),
          ),
        };
      }),
  );
}

/** Describes a failure in a word or two, e.g. "diverged" or "failed (crash)". */
function failureOf({ outcome, failureCategory }: ResultRow): string {
  if (outcome === 'diverged') return 'diverged';
  return failureCategory == null ? 'no error' : `failed (${failureCategory})`;
}

/** Removes what the page has in another form or does not show: most of the numbers of an analysis. */
function withoutTables(analysis: Analysis): Omit<Analysis, 'matrix' | 'transfers'> {
  const figures: Partial<Analysis> = { ...analysis };
  delete figures.matrix;
  delete figures.transfers;
  figures.classErrors = [...groupBy(analysis.classErrors, ({ dataset }) => dataset).values()].flatMap(shownClasses);
  return figures as Omit<Analysis, 'matrix' | 'transfers'>;
}

function parametersOf(
  rows: readonly ResultRow[],
  architectures: readonly string[],
  datasets: readonly string[],
  titles: ReadonlyMap<string, string>,
): PageParameter[] {
  const indexOf = new Map(architectures.map((name, index) => [name, index]));
  const rowsOf = groupBy(rows, ({ dataset }) => dataset);
  return [...titles].map(([key, title]) => {
    const columns = datasets.map((dataset) => {
      const column = Array<number | null>(architectures.length).fill(null);
      for (const row of rowsOf.get(dataset) ?? [])
        if (typeof row[key] === 'number') column[indexOf.get(row.architecture)!] ??= row[key];
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
