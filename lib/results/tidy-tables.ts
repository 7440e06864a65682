import { from } from 'arquero';
import { ConfigError } from '../core/errors.ts';
import { architecturesOf } from './architecture-cells.ts';
import { joinedCovariates, withCovariates, type CovariateTable } from './covariates.ts';
import { isMeasure, mostDatasets } from './measures.ts';
import { refuse, type RawTable } from './raw-table.ts';
import { tidyRows, type ResultRow } from './results-table.ts';

/**
 * Joins the rows of several results tables and the covariates of their architectures, which come from their own columns or from further
 * tables with one row per architecture (column `architecture`) and no datasets.
 * @throws ConfigError naming file, line, column and value; also if two tables have the same run, or no table has a covariate
 */
export function joinedTidyRows(tables: readonly RawTable[], covariates: readonly string[]): ResultRow[] {
  const isResults = ({ columns }: RawTable) => columns.includes('dataset') || !columns.includes('architecture');
  const results = tables.filter(isResults);
  if (results.length === 0) tidyRows(tables[0]!); // throws, naming what is missing
  const further = tables.filter((table) => !isResults(table));
  const rows = results.map((table) => tidyRows(table));
  refuseRepeatedRuns(results, rows);
  const all = rows.flat();
  const count = new Set(all.map(({ dataset }) => dataset)).size;
  if (count > mostDatasets)
    throw new ConfigError('The tables have too many datasets', [`they must be at most ${mostDatasets}, got ${count}`]);
  addCovariates(
    all,
    further.map((table) => ({
      table,
      architectures: architecturesOf(table, ['architecture']),
      covariates: table.columns.filter((column) => covariates.includes(column) || isMeasure(column)),
    })),
  );
  refuseNonNumeric(results, rows, covariates, new Set(further.flatMap(({ columns }) => columns)));
  return all;
}

/** Adds to each row the covariates of its architecture; columns that no table has stay as they are. */
function addCovariates(rows: readonly ResultRow[], tables: readonly CovariateTable[]): void {
  if (tables.length === 0) return;
  const found = withCovariates(from(rows as ResultRow[], ['architecture']), joinedCovariates(tables));
  (found.objects() as Record<string, string | number | undefined>[]).forEach((values, index) => {
    for (const [column, value] of Object.entries(values)) if (value !== undefined) rows[index]![column] = value;
  });
}

function refuseRepeatedRuns(tables: readonly RawTable[], rowsOfTables: readonly (readonly ResultRow[])[]): void {
  const sources = new Map<string, string>();
  rowsOfTables.forEach((rows, index) => {
    const { source, counted, rows: raw } = tables[index]!;
    const problems = rows.flatMap(({ architecture, dataset, seed }, row) => {
      const key = JSON.stringify([architecture, dataset, seed]);
      const earlier = sources.get(key);
      if (earlier === undefined) sources.set(key, source);
      const location = `${counted} ${raw[row]!.number}`;
      return earlier === undefined
        ? []
        : [`${location} repeats a run of ${earlier}: architecture ${architecture}, dataset ${dataset}, seed ${seed}`];
    });
    refuse(source, problems);
  });
}

function refuseNonNumeric(
  tables: readonly RawTable[],
  rowsOfTables: readonly (readonly ResultRow[])[],
  covariates: readonly string[],
  further: ReadonlySet<string>,
): void {
  const known = new Set([...tables.flatMap(({ columns }) => columns), ...further]);
  const unknown = covariates.filter((column) => !known.has(column));
  if (unknown.length > 0)
    throw new ConfigError(
      'A covariate is in none of the tables',
      unknown.map((column) => `${column} (found ${[...known].join(', ')})`),
    );
  rowsOfTables.forEach((rows, index) => {
    const { source, counted, rows: raw } = tables[index]!;
    const problems = rows.flatMap((row, position) =>
      covariates
        .filter((column) => typeof row[column] === 'string')
        .map(
          (column) =>
            `${counted} ${raw[position]!.number}: column ${column} contains text, such as ${JSON.stringify(row[column])}, instead of numbers`,
        ),
    );
    refuse(source, problems);
  });
}

/** Returns the requested covariates, and the columns of tidy tables whose names say that they measure architectures. */
export const tidyCovariates = (tables: readonly RawTable[], asked: readonly string[]): string[] => [
  ...new Set([
    ...asked,
    ...tables.flatMap(({ columns }) => columns.filter((column) => isMeasure(column) && column !== 'epochs')),
  ]),
];
