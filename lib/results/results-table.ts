import { outcomes } from '../study/documents/run-record.ts';
import { csvOf } from './flat-rows.ts';
import { isMissing, numberOf } from './foreign-numbers.ts';
import { csvTable, isEmpty, isNumber, largeCsvTable, refuse, type Cell, type RawTable } from './raw-table.ts';
import { measuredColumn } from './units.ts';

/**
 * One training run as a row of the tidy results table. Only finished runs have errors. No number could represent a run that
 * diverged or failed (chance level would flatter it on hard datasets), so such runs are excluded from the statistics, but counted.
 */
export interface ResultRow {
  architecture: string;
  dataset: string;
  seed: number;
  /** A fraction in [0, 1]; null if the run has none. */
  top1Error: number | null;
  /** Further columns, e.g. `top5Error`, `flops`, or structure parameters. */
  [column: string]: string | number | null;
}

const required = ['architecture', 'dataset', 'top1Error'] as const;

/** Formats rows as CSV with a header; missing values are empty. */
export const formatResults = (rows: readonly ResultRow[]): string => csvOf(rows);

/** Parses a results table in CSV; like `tidyRows`. */
export const parseResults = (text: string, source: string): ResultRow[] => tidyRows(csvTable(text, source));

/** The same for the bytes of a table that may be large: yields to other work from time to time. */
export const parseLargeResults = async (bytes: Uint8Array, source: string): Promise<ResultRow[]> =>
  tidyRows(await largeCsvTable(bytes, source));

/**
 * Returns the rows of a results table. Columns `architecture`, `dataset` and `top1Error` are required; cells of `top1Error` may be missing.
 * Without a column `seed`, the rows of an architecture on a dataset are its seeds 0, 1, ... Any other column is numeric if every cell is a
 * number or missing; a column with mostly numbers and some other text is refused.
 * @throws ConfigError naming line, column and value
 */
export function tidyRows(table: RawTable): ResultRow[] {
  const { source, columns, rows: raw } = table;
  const missing = required.filter((column) => !columns.includes(column));
  const found = `(found ${columns.join(', ')})`;
  refuse(source, [
    ...missing.map((column) => `column ${column} is missing ${found}${column === 'top1Error' ? hint(columns) : ''}`),
    ...(missing.includes('dataset') && missing.includes('top1Error')
      ? ['if it has a column for each dataset, read it with --wide']
      : []),
  ]);
  refuse(source, percentages(table));
  const problems: string[] = [];
  const numeric = numericColumns(table, problems);
  const indices = new Map(columns.map((column, index) => [column, index]));
  const seedOf = seedsOf(indices.has('seed'));
  const placesOfRuns = new Map<string, Map<string, number>>();
  const rows = raw.map(({ number, cells }) => {
    const location = `${table.counted} ${number}`;
    const row = parseRow(location, cells, indices, numeric, problems);
    row.seed = seedOf(row);
    const group = JSON.stringify([row.dataset, row.seed]);
    const known = placesOfRuns.get(group) ?? new Map<string, number>();
    placesOfRuns.set(group, known);
    const earlier = known.get(row.architecture);
    if (earlier === undefined) known.set(row.architecture, number);
    else
      problems.push(
        `${location} repeats ${table.counted} ${earlier}: architecture ${row.architecture}, dataset ${row.dataset}, seed ${row.seed}`,
      );
    return row;
  });
  refuse(source, problems);
  return rows;
}

/** Hints how a table of accuracies can be read. */
function hint(columns: readonly string[]): string {
  const other = measuredColumn(columns);
  return other === undefined ? '' : `: with --unit accuracy or accuracy-percent, say, errors are taken from ${other}`;
}

/** Returns a single problem if most errors are percentages. */
function percentages({ columns, rows }: RawTable): string[] {
  const index = columns.indexOf('top1Error');
  const present = rows.map(({ cells }) => cells[index]!).filter((cell) => !isMissing(cell));
  const above = present.filter((cell) => isNumber(cell) && Number(cell) > 1 && Number(cell) <= 100);
  return 2 * above.length > present.length
    ? [`column top1Error has numbers above 1, such as ${above[0]}: --unit error-percent is for percentages`]
    : [];
}

/** Returns the numeric columns; adds a problem for each of their cells that is not a number. */
function numericColumns({ columns, counted, rows }: RawTable, problems: string[]): Set<string> {
  const numeric = new Set<string>();
  for (const [index, column] of columns.entries()) {
    if (textColumns.includes(column) || isFraction(column) || column === 'seed') continue;
    const present = rows.filter(({ cells }) => !isMissing(cells[index]!));
    const others = present.filter(({ cells }) => numberOf(cells[index]!) === undefined);
    if (others.length === 0) numeric.add(column);
    else if (2 * others.length < present.length)
      for (const { number, cells } of others)
        problems.push(
          `${counted} ${number}: column ${column} must be a number or empty, got ${JSON.stringify(cells[index])}`,
        );
  }
  return numeric;
}

/** Returns a function that gives the seed of a row: its own, or the number of earlier rows of its architecture on its dataset. */
function seedsOf(hasSeeds: boolean): (row: ResultRow) => number {
  const counts = new Map<string, number>();
  return ({ architecture, dataset, seed }) => {
    if (hasSeeds) return seed;
    const key = JSON.stringify([architecture, dataset]);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count;
  };
}

/** Columns of names and keys, which stay text even if they look like numbers. */
const textColumns = [
  ...['architecture', 'dataset', 'parentDataset', 'controlFor', 'outcome', 'failureCategory', 'failure', 'runKey'],
  ...['engine', 'tensorflow', 'node', 'device', 'versions'],
];

const isFraction = (column: string) => /^((top\d|validationTop\d|balanced)Error|macroF1|auc)$/.test(column);

function parseRow(
  location: string,
  cells: readonly Cell[],
  indices: ReadonlyMap<string, number>,
  numeric: ReadonlySet<string>,
  problems: string[],
): ResultRow {
  const text = (column: string) => String(cells[indices.get(column) ?? -1] ?? '');
  const problem = (column: string, rule: string) =>
    problems.push(`${location}: ${column} must be ${rule}, got ${JSON.stringify(text(column))}`);
  for (const column of ['architecture', 'dataset'] as const) if (text(column) === '') problem(column, 'a name');
  if (indices.has('seed') && !/^\d{1,15}$/.test(text('seed'))) problem('seed', 'a whole number from 0');
  const row: ResultRow = {
    architecture: text('architecture'),
    dataset: text('dataset'),
    seed: Number(text('seed')),
    top1Error: null,
  };
  for (const [column, index] of indices) {
    if (column === 'architecture' || column === 'dataset' || column === 'seed') continue;
    const cell = cells[index]!;
    if (isFraction(column)) {
      const isFound = !isMissing(cell);
      row[column] = isFound ? Number(cell) : null;
      if (isFound && !(isNumber(cell) && Number(cell) >= 0 && Number(cell) <= 1))
        problem(column, 'a fraction from 0 to 1');
    } else if (numeric.has(column)) row[column] = isMissing(cell) ? null : numberOf(cell)!;
    else row[column] = isEmpty(cell) ? null : String(cell);
  }
  const { outcome, top1Error } = row;
  if (typeof outcome === 'string') {
    if (!(outcomes as readonly string[]).includes(outcome)) problem('outcome', outcomes.join(', '));
    else if ((outcome === 'finished') !== (top1Error !== null))
      problem(
        'top1Error',
        outcome === 'finished' ? 'present for a run that finished' : `empty for a run that ${outcome}`,
      );
  }
  return row;
}
