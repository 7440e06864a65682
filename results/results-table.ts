import { from, type ColumnTable } from 'arquero';
import { ConfigError } from '../core/errors.ts';
import { formatCsv, parseCsv, type CsvRecord } from '../files/csv.ts';
import { outcomes } from '../store/run-record.ts';

/**
 * One training run as a row of the tidy results table. Only a run that finished has errors: no number would stand for one that
 * diverged or failed (chance would flatter it on hard datasets), so it is left out of the statistics, and counted.
 */
export interface ResultRow {
  architecture: string;
  dataset: string;
  seed: number;
  /** A fraction in [0, 1]; null where the run has none. */
  top1Error: number | null;
  /** Further columns, e.g. `top5Error`, `flops`, or structure parameters. */
  [column: string]: string | number | null;
}

const required = ['architecture', 'dataset', 'seed', 'top1Error'] as const;

/** The rows as CSV with a header; missing values are empty. */
export function formatResults(rows: readonly ResultRow[]): string {
  const columns = columnsOf(rows);
  return formatCsv(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}

/** Every column that one of the rows has. */
const columnsOf = (rows: readonly ResultRow[]) => [...new Set(rows.flatMap((row) => Object.keys(row)))];

/** The rows as an arquero table, with every column that one of them has; what a row does not have is null. */
export function table(rows: readonly ResultRow[]): ColumnTable {
  const columns = columnsOf(rows);
  return from(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))));
}

/**
 * The rows of a results table in CSV. Columns `architecture`, `dataset`, `seed` and `top1Error` are required; a cell of
 * `top1Error` may be empty. A further column holds numbers where every one of its cells is a number or empty.
 * @throws ConfigError naming line, column and value
 */
export function parseResults(text: string, source: string): ResultRow[] {
  const fail = (problems: string[]) => {
    if (problems.length > 0) throw new ConfigError(`${source} is not a results table`, problems);
  };
  if (text.trim() === '') fail(['it is empty']);
  const { header, records } = parseCsv(text, source);
  fail([
    ...required
      .filter((column) => !header.includes(column))
      .map((column) => `column ${column} is missing (found ${header.join(', ')})`),
    ...header
      .filter((column, index) => header.indexOf(column) !== index)
      .map((column) => `column ${column} appears twice`),
  ]);
  if (records.length === 0) fail(['it has a header but no rows']);

  const numeric = new Set(
    header.filter(
      (column, index) => !textColumns.includes(column) && records.every(({ cells }) => isNumber(cells[index] || '0')),
    ),
  );
  const problems: string[] = [];
  const linesOfRuns = new Map<string, number>();
  const rows = records.map((record) => {
    const row = parseRow(record, header, numeric, problems);
    const run = JSON.stringify([row.architecture, row.dataset, row.seed]);
    const earlier = linesOfRuns.get(run);
    if (earlier === undefined) linesOfRuns.set(run, record.line);
    else
      problems.push(
        `line ${record.line} repeats line ${earlier}: architecture ${row.architecture}, dataset ${row.dataset}, seed ${row.seed}`,
      );
    return row;
  });
  fail(problems);
  return rows;
}

/** Names and keys, which may look like numbers. */
const textColumns = [
  ...['architecture', 'dataset', 'parentDataset', 'controlFor', 'outcome', 'failureCategory', 'failure', 'runKey'],
  ...['engine', 'tensorflow', 'node', 'device'],
];

const isFraction = (column: string) => /^(top\d|validationTop\d)Error$/.test(column);

/** As CSV files have them; not `Infinity`, `0x1` or nothing. */
const isNumber = (cell: string) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell);

function parseRow(
  { line, cells }: CsvRecord,
  header: readonly string[],
  numeric: ReadonlySet<string>,
  problems: string[],
): ResultRow {
  const text = (column: string) => cells[header.indexOf(column)] ?? '';
  const problem = (column: string, rule: string) =>
    problems.push(`line ${line}: ${column} must be ${rule}, got ${JSON.stringify(text(column))}`);
  if (cells.length !== header.length)
    problems.push(
      `line ${line} has ${cells.length > header.length ? 'more' : 'fewer'} cells than the header (${header.length})`,
    );
  for (const column of ['architecture', 'dataset'] as const) if (text(column) === '') problem(column, 'a name');
  if (!/^\d+$/.test(text('seed'))) problem('seed', 'a whole number from 0');
  const row: ResultRow = {
    architecture: text('architecture'),
    dataset: text('dataset'),
    seed: Number(text('seed')),
    top1Error: null,
  };
  for (const column of header) {
    if (column === 'architecture' || column === 'dataset' || column === 'seed') continue;
    const cell = text(column);
    row[column] = cell === '' ? null : numeric.has(column) ? Number(cell) : cell;
    if (isFraction(column) && cell !== '' && !(isNumber(cell) && Number(cell) >= 0 && Number(cell) <= 1))
      problem(column, 'a fraction from 0 to 1');
  }
  const { outcome, top1Error } = row;
  if (typeof outcome === 'string') {
    if (!(outcomes as readonly string[]).includes(outcome)) problem('outcome', outcomes.join(', '));
    else if ((outcome === 'finished') !== (top1Error !== null))
      problem(
        'top1Error',
        outcome === 'finished' ? 'there for a run that finished' : `empty for a run that ${outcome}`,
      );
  }
  return row;
}
