import { outcomes } from '../study/documents/run-record.ts';
import { csvOf } from './flat-rows.ts';
import { csvTable, isEmpty, isNumber, largeCsvTable, refuse, type Cell, type RawTable } from './raw-table.ts';

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

const required = ['architecture', 'dataset', 'seed', 'top1Error'] as const;

/** The rows as CSV with a header; missing values are empty. */
export const formatResults = (rows: readonly ResultRow[]): string => csvOf(rows);

/** The rows of a results table in CSV; like `tidyRows`. */
export const parseResults = (text: string, source: string): ResultRow[] => tidyRows(csvTable(text, source));

/** The same for the bytes of a table that may be large: gives way to other work. */
export const parseLargeResults = async (bytes: Uint8Array, source: string): Promise<ResultRow[]> =>
  tidyRows(await largeCsvTable(bytes, source));

/**
 * The rows of a results table. Columns `architecture`, `dataset`, `seed` and `top1Error` are required; cells of `top1Error` may be
 * empty. Any other column is numeric if every cell is a number or empty.
 * @throws ConfigError naming line, column and value
 */
export function tidyRows(table: RawTable): ResultRow[] {
  const { source, columns, rows: raw } = table;
  refuse(
    source,
    required
      .filter((column) => !columns.includes(column))
      .map((column) => `column ${column} is missing (found ${columns.join(', ')})`),
  );
  const numeric = new Set(
    columns.filter(
      (column, index) =>
        !textColumns.includes(column) && raw.every(({ cells }) => isEmpty(cells[index]) || isNumber(cells[index]!)),
    ),
  );
  const problems: string[] = [];
  const placesOfRuns = new Map<string, Map<string, number>>();
  const rows = raw.map(({ number, cells }) => {
    const place = `${table.counted} ${number}`;
    const row = parseRow(place, cells, columns, numeric, problems);
    const group = JSON.stringify([row.dataset, row.seed]);
    const places = placesOfRuns.get(group) ?? new Map<string, number>();
    placesOfRuns.set(group, places);
    const earlier = places.get(row.architecture);
    if (earlier === undefined) places.set(row.architecture, number);
    else
      problems.push(
        `${place} repeats ${table.counted} ${earlier}: architecture ${row.architecture}, dataset ${row.dataset}, seed ${row.seed}`,
      );
    return row;
  });
  refuse(source, problems);
  return rows;
}

/** Columns of names and keys, which stay text even if they look like numbers. */
const textColumns = [
  ...['architecture', 'dataset', 'parentDataset', 'controlFor', 'outcome', 'failureCategory', 'failure', 'runKey'],
  ...['engine', 'tensorflow', 'node', 'device'],
];

const isFraction = (column: string) => /^(top\d|validationTop\d)Error$/.test(column);

function parseRow(
  place: string,
  cells: readonly Cell[],
  columns: readonly string[],
  numeric: ReadonlySet<string>,
  problems: string[],
): ResultRow {
  const text = (column: string) => String(cells[columns.indexOf(column)] ?? '');
  const problem = (column: string, rule: string) =>
    problems.push(`${place}: ${column} must be ${rule}, got ${JSON.stringify(text(column))}`);
  for (const column of ['architecture', 'dataset'] as const) if (text(column) === '') problem(column, 'a name');
  if (!/^\d+$/.test(text('seed'))) problem('seed', 'a whole number from 0');
  const row: ResultRow = {
    architecture: text('architecture'),
    dataset: text('dataset'),
    seed: Number(text('seed')),
    top1Error: null,
  };
  columns.forEach((column, index) => {
    if (column === 'architecture' || column === 'dataset' || column === 'seed') return;
    const cell = cells[index]!;
    row[column] = isEmpty(cell) ? null : numeric.has(column) ? Number(cell) : String(cell);
    if (isFraction(column) && !isEmpty(cell) && !(isNumber(cell) && Number(cell) >= 0 && Number(cell) <= 1))
      problem(column, 'a fraction from 0 to 1');
  });
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
