import { isMissing, numberOf } from './foreign-numbers.ts';
import { refuse, type Cell, type RawTable } from './raw-table.ts';

/** The units that errors and accuracies may have in tables from elsewhere. */
export const units = ['error', 'accuracy', 'error-percent', 'accuracy-percent'] as const;

export type Unit = (typeof units)[number];

const isPercent = (unit: Unit) => unit.endsWith('-percent');
const isAccuracy = (unit: Unit) => unit.startsWith('accuracy');

/** Returns the error as a fraction; undefined if the cell is not a number in that unit. */
export function errorOf(cell: Cell, unit: Unit): number | undefined {
  const value = numberOf(cell);
  const whole = isPercent(unit) ? 100 : 1;
  if (value === undefined || !(value >= 0 && value <= whole)) return undefined;
  return (isAccuracy(unit) ? whole - value : value) / whole;
}

/** E.g. `an accuracy from 0 to 100 percent`. */
export function rangeOf(unit: Unit): string {
  const [what, percent] = unit.split('-');
  return `an ${what} from 0 to ${percent === undefined ? '1' : '100 percent'}`;
}

/** Columns of tidy tables that hold errors or accuracies; `error` and `accuracy` are short for top-1. */
const measured = /^(error|accuracy|(top\d|validationTop\d)(Error|Accuracy))$/;

/** Returns the first column that holds errors or accuracies. */
export const measuredColumn = (columns: readonly string[]): string | undefined =>
  columns.find((column) => measured.test(column));

/**
 * Converts errors or accuracies in another unit (`top1Accuracy`, `accuracy`) in a tidy table to errors as fractions (`top1Error`,
 * `validationTop1Error`).
 * @throws ConfigError naming line, column and value; also if a column is of the other kind, or if percentages seem to be fractions
 */
export function inFractions(table: RawTable, unit: Unit): RawTable {
  const { source, counted, columns, rows } = table;
  const problems: string[] = [];
  const converted = new Map<number, string>();
  for (const [index, column] of columns.entries()) {
    if (!measured.test(column)) continue;
    if (/accuracy$/i.test(column) !== isAccuracy(unit)) problems.push(`column ${column} contradicts --unit ${unit}`);
    const full = column.length <= 'accuracy'.length ? 'top1Error' : column.replace(/Accuracy$/, 'Error');
    const other = [...converted].find(([, name]) => name === full)?.[0];
    if (other !== undefined) problems.push(`columns ${columns[other]} and ${column} exclude each other`);
    converted.set(index, full);
    const present = rows.filter(({ cells }) => !isMissing(cells[index]!));
    for (const { number, cells } of present)
      if (errorOf(cells[index]!, unit) === undefined)
        problems.push(
          `${counted} ${number}: column ${column} must be ${rangeOf(unit)}, got ${JSON.stringify(cells[index])}`,
        );
    const values = present.map(({ cells }) => numberOf(cells[index]!) ?? NaN);
    if (isPercent(unit) && values.length > 0 && values.every((value) => value <= 1))
      problems.push(
        `column ${column} has no value above 1, so its values are hardly percentages: --unit ${unit.split('-')[0]} is for fractions`,
      );
  }
  refuse(source, problems);
  return {
    ...table,
    columns: columns.map((column, index) => converted.get(index) ?? column),
    rows: rows.map(({ number, cells }) => ({
      number,
      cells: cells.map((cell, index) => (converted.has(index) ? (errorOf(cell, unit) ?? null) : cell)),
    })),
  };
}
