import type { Analysis, StatisticName } from '../analysis/index.ts';
import type { FlatRow } from '../results/flat-rows.ts';

type Scalar = string | number | null;
type TableRows = () => Iterable<FlatRow>;

/**
 * Returns an analysis as tables for other programs, by name, each made on demand. A statistic's table has the columns of its rows: an
 * interval takes two, with `Low` and `High` appended to its name; nested fields have both names; lists of names are joined by `; `.
 */
export function analysisTables(analysis: Analysis): Map<string, TableRows> {
  const tables = new Map<string, TableRows>([
    ['datasets', () => analysis.datasets.map(flat)],
    ['runs', () => analysis.runs.map(({ failed, ...counts }) => flat({ ...counts, failed: failedRuns(failed) }))],
  ]);
  for (const [name, value] of Object.entries(analysis)) {
    if (name in otherThanRows) continue;
    const rows = value as object[];
    const shaped = shapes[name as StatisticName];
    tables.set(tableName(name), () => (shaped === undefined ? rows.map(flat) : shaped(analysis)));
  }
  tables.set('subset-draws', () =>
    analysis.subsets.flatMap(({ target, classes, draws }) => draws.map((draw) => flat({ target, classes, ...draw }))),
  );
  return tables;
}

/** Members of an analysis that are not statistics of the registry. */
const otherThanRows: Record<Exclude<keyof Analysis, StatisticName>, true> = {
  reference: true,
  methods: true,
  matrix: true,
  datasets: true,
  runs: true,
};

/** Returns the name of a statistic's table, e.g. `population-sizes` for `populationSizes`; the rows of `transfers` are architectures. */
const tableName = (name: string) =>
  name === 'transfers' ? 'architectures' : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Statistics whose rows hold lists of records; each record gets a row. */
const shapes: Partial<Record<StatisticName, (analysis: Analysis) => Iterable<FlatRow>>> = {
  transfers: ({ transfers, matrix }) => ({ [Symbol.iterator]: () => architectureRows(transfers, matrix) }),
  targets: ({ targets }) =>
    targets.map(({ divergedLast, overTestImages, ...target }) =>
      flat({
        ...target,
        ...(divergedLast === null ? {} : { divergedLast }),
        ...(overTestImages === null ? {} : { overTestImages }),
      }),
    ),
  populationSizes: ({ populationSizes }) =>
    populationSizes.flatMap(({ target, sizes }) => sizes.map((size) => flat({ target, ...size }))),
  subsets: ({ subsets }) =>
    subsets.map(({ draws, control, ...subset }) =>
      flat({ ...subset, draws: draws.length, ...(control === null ? {} : { control }) }),
    ),
  advice: ({ advice }) =>
    advice.flatMap(({ target, n, verdict, advised, sources }) =>
      sources.map((source, index) => flat({ target, n, verdict, advised, place: index + 1, ...source })),
    ),
  curves: ({ curves }) => curves.flatMap(({ points, ...curve }) => points.map((point) => flat({ ...curve, ...point }))),
};

const failedRuns = (failed: Analysis['runs'][number]['failed']) =>
  failed.map(({ category, runs }) => `${category}: ${runs}`);

/** Yields a row for each target and architecture with both errors; one by one, because there are so many. */
function* architectureRows(transfers: Analysis['transfers'], matrix: Analysis['matrix']): Generator<FlatRow> {
  for (const { target, residuals, referenceRank, targetRank } of transfers)
    for (const [row, architecture] of matrix.architectures.entries()) {
      const [before, after] = [referenceRank[row]!, targetRank[row]!];
      if (before === null || after === null) continue;
      yield {
        architecture,
        target,
        linearResidual: residuals.linear[row]!,
        probitResidual: residuals.probit[row]!,
        logitResidual: residuals.logit[row]!,
        referenceRank: before,
        targetRank: after,
        rankChange: after - before,
      };
    }
}

/** Converts a record to a row; the names of nested fields are joined. */
function flat(record: object): FlatRow {
  const row: Record<string, Scalar> = {};
  const add = (name: string, value: unknown) => {
    if (isInterval(name) && (value === null || Array.isArray(value)))
      [row[`${name}Low`], row[`${name}High`]] = (value ?? [null, null]) as [Scalar, Scalar];
    else if (Array.isArray(value)) {
      // Lists of records are tables of their own.
      if (value.every((item) => typeof item !== 'object')) row[name] = value.join('; ');
    } else if (typeof value === 'object' && value !== null)
      for (const [inner, field] of Object.entries(value))
        add(`${name}${inner.charAt(0).toUpperCase()}${inner.slice(1)}`, field);
    else row[name] = typeof value === 'boolean' ? String(value) : (value as Scalar);
  };
  for (const [name, value] of Object.entries(record)) add(name, value);
  return row;
}

/** Returns whether a field is an interval, e.g. `pearsonCi95`, or `partialPearsonCi95Flops` from a record of intervals. */
const isInterval = (name: string) => /(Ci95|ange95|LeavingOneOut)/.test(name);
