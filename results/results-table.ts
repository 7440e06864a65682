import { from, fromCSV, type ColumnTable } from 'arquero';
import { ConfigError } from '../study/config.ts';
import type { RunRecord } from './run-record.ts';

/** One training run as a row of the tidy results table. */
export interface ResultRow {
  architecture: string;
  dataset: string;
  seed: number;
  /** A fraction in [0, 1]; null where the run has none: it diverged or failed. */
  top1Error: number | null;
  /** Further columns, e.g. `top5Error`, `flops`, or structure parameters. */
  [column: string]: string | number | null;
}

const required = ['architecture', 'dataset', 'seed', 'top1Error'] as const;

/**
 * The results table of a study: a row a run, in the order given.
 * @param parameters further numbers of an architecture, as columns of their own
 */
export function rowsOfRecords(
  records: readonly RunRecord[],
  parameters: (record: RunRecord) => Record<string, number>,
): ResultRow[] {
  return records.map((record) => ({
    architecture: record.architectureName,
    dataset: record.dataset,
    seed: record.seed,
    top1Error: record.test?.top1Error ?? null,
    top5Error: record.test?.top5Error ?? null,
    testLoss: record.test?.loss ?? null,
    validationTop1Error: record.validation?.top1Error ?? null,
    outcome: record.outcome,
    epochs: record.protocol.epochs,
    trainingSeconds: record.timings.trainingSeconds,
    ...record.complexity,
    ...parameters(record),
    runKey: record.runKey,
  }));
}

/** The rows as CSV with a header; missing values are empty. */
export function toCsv(rows: readonly ResultRow[]): string {
  return `${table(rows).toCSV()}\n`;
}

/** The rows as an arquero table. */
export function table(rows: readonly ResultRow[]): ColumnTable {
  return from([...rows]);
}

/**
 * The rows of a results table in CSV. Columns `architecture`, `dataset`, `seed` and `top1Error` are required; a cell of
 * `top1Error` may be empty. Values that look like numbers are numbers.
 * @throws ConfigError naming line, column and value
 */
export function parseCsv(text: string, source: string): ResultRow[] {
  const fail = (problems: string[]) => {
    throw new ConfigError(`${source} is no results table`, problems);
  };
  if (text.trim() === '') fail(['it is empty']);
  const parsed = fromCSV(text, { autoType: false });
  const missing = required.filter((column) => !parsed.columnNames().includes(column));
  if (missing.length > 0)
    fail(missing.map((column) => `column ${column} is missing (found ${parsed.columnNames().join(', ')})`));
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const rows = (parsed.objects() as Record<string, string | undefined>[]).map((cells, index) => {
    const line = index + 2;
    const row = parseRow(cells, (column, rule) =>
      problems.push(`line ${line}: ${column} must be ${rule}, got ${JSON.stringify(cells[column] ?? '')}`),
    );
    const key = JSON.stringify([row.architecture, row.dataset, row.seed]);
    const earlier = seen.get(key);
    if (earlier !== undefined)
      problems.push(
        `line ${line} repeats line ${earlier}: architecture ${row.architecture}, dataset ${row.dataset}, seed ${row.seed}`,
      );
    seen.set(key, line);
    return row;
  });
  if (rows.length === 0) fail(['it has a header but no rows']);
  if (problems.length > 0)
    fail(problems.length > 20 ? [...problems.slice(0, 20), `... and ${problems.length - 20} more`] : problems);
  return rows;
}

function parseRow(
  cells: Record<string, string | undefined>,
  problem: (column: string, rule: string) => void,
): ResultRow {
  const text = (column: string) => (cells[column] ?? '').trim();
  for (const column of ['architecture', 'dataset'] as const) if (text(column) === '') problem(column, 'a name');
  const seed = Number(text('seed'));
  if (text('seed') === '' || !Number.isInteger(seed) || seed < 0) problem('seed', 'a whole number from 0');
  const row: ResultRow = { architecture: text('architecture'), dataset: text('dataset'), seed, top1Error: null };
  for (const column of Object.keys(cells)) {
    if (column === 'architecture' || column === 'dataset' || column === 'seed') continue;
    const cell = text(column);
    const value = cell === '' ? null : Number(cell);
    row[column] = value === null || Number.isFinite(value) ? value : cell;
    if (/^top\dError$/.test(column) && value !== null && !(value >= 0 && value <= 1))
      problem(column, 'a fraction from 0 to 1');
  }
  return row;
}
