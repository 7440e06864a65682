import { basename, extname } from 'node:path';
import { escape, type ColumnTable } from 'arquero';
import { ConfigError } from '../core/errors.ts';
import type { ResultRow } from './results-table.ts';
import { architecturesOf, cellsOf, type ArchitectureCell } from './architecture-cells.ts';
import { joinedCovariates, withCovariates, type CovariateTable } from './covariates.ts';
import { indexColumns, isMeasure, mostDatasets } from './measures.ts';
import { refuse, type RawTable } from './raw-table.ts';
import { errorOf, rangeOf, type Unit } from './units.ts';

export interface WideOptions {
  unit: Unit;
  /** Columns that together name an architecture; by default `architecture`, `model`, or the first column. */
  architectureColumns?: readonly string[] | undefined;
  /** Columns that are datasets; by default all except those of architectures and covariates, and those that only number the rows. */
  datasets?: readonly string[] | undefined;
  /** Columns that measure architectures, besides those whose names say so (`params`, `flops`, `depth`). */
  covariates?: readonly string[];
  /** A column of text that rows keep, e.g. the family of an architecture. */
  cluster?: string | undefined;
}

const ownColumns = ['architecture', 'dataset', 'seed', 'top1Error'];

/**
 * Converts tables with one row per architecture and one column per dataset to rows of a results table, joined by architecture. If several
 * tables have the same dataset column, each is a separate dataset, named `FILE`, or `FILE/COLUMN` if its file has several datasets. Missing
 * entries give no row.
 * @throws ConfigError naming file, line, column and value; also if no column is a dataset, no dataset has an entry, or accuracies in
 * percent seem to be fractions
 */
export function wideRows(tables: readonly RawTable[], options: WideOptions): ResultRow[] {
  const opened = tables.map((table) => openTable(table, options));
  const found = (columns: readonly string[] | undefined) =>
    (columns ?? []).filter((column) => !tables.some((table) => table.columns.includes(column)));
  const taken = (options.covariates ?? []).filter((name) => ownColumns.includes(name));
  if (taken.length > 0)
    throw new ConfigError(
      'A covariate cannot have this name',
      taken.map((name) => `${name} is a column of every results table; another name must be given to it`),
    );
  const unknown = [
    ...found(options.datasets),
    ...found(options.covariates),
    ...found(options.cluster === undefined ? [] : [options.cluster]),
  ];
  if (unknown.length > 0)
    throw new ConfigError(
      'A column is in none of the tables',
      unknown.map((column) => `${column} (found ${columnsOf(tables)})`),
    );
  if (opened.every(({ datasets }) => datasets.length === 0))
    throw new ConfigError('No column of the tables is a dataset', [
      `besides those of architectures and covariates there are none (found ${columnsOf(tables)})`,
    ]);
  const count = opened.reduce((sum, { datasets }) => sum + datasets.length, 0);
  if (count > mostDatasets)
    throw new ConfigError('The tables have too many datasets', [
      `every column besides those of architectures and covariates is one: they must be at most ${mostDatasets}, got ${count}; name those that are datasets`,
    ]);
  const covariates = joinedCovariates(opened);
  const names = datasetNames(opened);
  const [first, ...others] = opened.map((table, index) => entriesOf(table, options, names[index]!)) as [ColumnTable];
  const rows = withCovariates(first.concat(...others), covariates)
    .derive(
      Object.fromEntries(covariatesOf(opened).map((name) => [name, escape((row: ResultRow) => row[name] ?? null)])),
    )
    .objects() as ResultRow[];
  if (rows.length === 0)
    throw new ConfigError('The tables have no results', ['every entry of every dataset is missing']);
  if (options.unit === 'accuracy-percent' && rows.every(({ top1Error }) => top1Error! >= 0.99))
    throw new ConfigError('The numbers of the tables are hardly percentages', [
      'no accuracy is above 1; --unit accuracy is for fractions',
    ]);
  refuseFractions(rows, options.unit);
  return options.cluster === undefined ? rows : withText(rows, opened, options.cluster);
}

/** Adds to rows the text of their architecture in a column of the tables. */
function withText(rows: readonly ResultRow[], tables: readonly OpenTable[], column: string): ResultRow[] {
  const texts = new Map<string, string>();
  for (const { table, architectures } of tables) {
    const index = table.columns.indexOf(column);
    table.rows.forEach(({ cells }, row) => {
      const text = String(cells[index] ?? '');
      if (text !== '') texts.set(architectures[row]!, text);
    });
  }
  return rows.map((row) => ({ ...row, [column]: texts.get(row.architecture) ?? null }));
}

const covariatesOf = (tables: readonly CovariateTable[]) => [
  ...new Set(tables.flatMap(({ covariates }) => covariates)),
];

/** Refuses a dataset in fractions among others in percent: an accuracy of 0.81 would be taken for 0.81 %. */
function refuseFractions(rows: readonly ResultRow[], unit: Unit): void {
  if (!unit.endsWith('-percent')) return;
  const percent = ({ top1Error }: ResultRow) => 100 * (unit === 'accuracy-percent' ? 1 - top1Error! : top1Error!);
  const largest = new Map<string, number>();
  for (const row of rows) largest.set(row.dataset, Math.max(largest.get(row.dataset) ?? 0, percent(row)));
  const fractions = [...largest].filter(([, most]) => most <= 1 && most >= 0.2);
  if (fractions.length > 0 && fractions.length < largest.size)
    throw new ConfigError(
      'Some columns seem to be in fractions, others in percent',
      fractions.map(
        ([dataset, most]) =>
          `${dataset} has no value above ${Number(most.toPrecision(3))}: all must have the same unit`,
      ),
    );
}

/** All columns of some tables, for an error message. */
const columnsOf = (tables: readonly RawTable[]) => [...new Set(tables.flatMap(({ columns }) => columns))].join(', ');

/** Returns the entries of a table's datasets as the first columns of result rows, dataset by dataset. */
function entriesOf(open: OpenTable, { unit, datasets }: WideOptions, names: ReadonlyMap<string, string>): ColumnTable {
  const entries = cellsOf(open, open.datasets)
    .derive({ top1Error: escape(({ cell }: ArchitectureCell) => errorOf(cell, unit) ?? null) })
    .orderby('column', 'number')
    .reify();
  const wrong = entries
    .filter(escape(({ top1Error }: ResultRow) => top1Error === null))
    .objects() as ArchitectureCell[];
  const ofFirst = wrong.filter(({ column }) => column === wrong[0]!.column);
  const name = open.datasets[ofFirst[0]?.column ?? -1];
  const numbers = entries.array('column').filter((column) => column === ofFirst[0]?.column).length - ofFirst.length;
  const problems =
    numbers === 0 && ofFirst.length > 1
      ? [`column ${name} has no number that is ${rangeOf(unit)}, but ${JSON.stringify(ofFirst[0]!.cell)} and the like`]
      : ofFirst
          .slice(0, mostNamed)
          .map(
            ({ number, cell }) =>
              `${open.table.counted} ${number}: column ${name} must be ${rangeOf(unit)}, got ${JSON.stringify(cell)}`,
          );
  if (numbers > 0 && ofFirst.length > mostNamed) problems.push(`and ${ofFirst.length - mostNamed} more of this column`);
  if (problems.length > 0 && datasets === undefined)
    problems.push('if this column is not a dataset, name the columns that are');
  refuse(open.table.source, problems);
  return entries
    .derive({
      dataset: escape(({ column }: ArchitectureCell) => names.get(open.datasets[column]!)),
      seed: escape(() => 0),
    })
    .select('architecture', 'dataset', 'seed', 'top1Error');
}

/** Number of invalid cells of a column that a message names. */
const mostNamed = 5;

interface OpenTable extends CovariateTable {
  datasets: readonly string[];
}

function openTable(table: RawTable, options: WideOptions): OpenTable {
  const { columns, source } = table;
  const numbered = new Set(indexColumns(table));
  const usual =
    ['architecture', 'model'].find((column) => columns.includes(column)) ??
    columns.find((column) => !numbered.has(column)) ??
    columns[0]!;
  const keys = options.architectureColumns ?? [usual];
  refuse(
    source,
    keys
      .filter((column) => !columns.includes(column))
      .map(
        (column) => `column ${column}, which should name the architectures, is missing (found ${columns.join(', ')})`,
      ),
  );
  const asked = new Set(options.covariates ?? []);
  const named = new Set(options.datasets ?? []);
  const covariates = columns.filter(
    (column) => asked.has(column) || (isMeasure(column) && !named.has(column) && !keys.includes(column)),
  );
  const taken = new Set([...keys, ...covariates, ...indexColumns(table)]);
  const present = new Set(columns);
  const datasets = (options.datasets ?? columns).filter(
    (column) =>
      present.has(column) &&
      (named.has(column) || !taken.has(column)) &&
      !keys.includes(column) &&
      !asked.has(column) &&
      column !== options.cluster,
  );
  return { table, datasets, covariates, architectures: architecturesOf(table, keys) };
}

/** Returns the names of each table's dataset columns. */
function datasetNames(tables: readonly OpenTable[]): Map<string, string>[] {
  const all = tables.flatMap(({ datasets }) => datasets);
  const counts = new Map<string, number>();
  for (const column of all) counts.set(column, (counts.get(column) ?? 0) + 1);
  const isShared = (column: string) => counts.get(column)! > 1;
  const names = tables.map(({ table, datasets }) => {
    const file = basename(table.source, extname(table.source));
    const called = (column: string) =>
      !isShared(column) ? column : datasets.length === 1 ? file : `${file}/${column}`;
    return new Map(datasets.map((column) => [column, called(column)]));
  });
  const called = names.flatMap((map) => [...map.values()]);
  const once = new Set<string>();
  const twice = [...new Set(called.filter((name) => once.size === once.add(name).size))];
  if (twice.length > 0)
    throw new ConfigError(
      'The tables cannot be joined',
      twice.map((name) => `two of them have a dataset named ${name}`),
    );
  return names;
}

/** Returns the covariates of wide tables: those requested, and columns whose names say that they measure architectures. */
export const wideCovariates = (tables: readonly RawTable[], options: WideOptions): string[] =>
  covariatesOf(tables.map((table) => openTable(table, options)));
