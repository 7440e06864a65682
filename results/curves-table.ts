import { ConfigError } from '../core/errors.ts';
import { parseCsv } from '../files/csv.ts';

/**
 * A row of the tidy table of training curves (`curves.csv`, beside the results): one epoch of one run, joined to the results by
 * architecture, dataset and seed.
 */
export interface CurveRow {
  architecture: string;
  dataset: string;
  seed: number;
  /** From 1. */
  epoch: number;
  /** After this epoch, on the validation images; a fraction in [0, 1], null where it was not measured. */
  validationTop1Error: number | null;
  /** Further columns, e.g. `trainingLoss` or `learningRate`. */
  [column: string]: string | number | null;
}

const columns = ['architecture', 'dataset', 'seed', 'epoch', 'validationTop1Error'] as const;

/**
 * The rows of a table of training curves in CSV; cells of further columns are numbers where they look like one.
 * @throws ConfigError naming line, column and value
 */
export function parseCurves(text: string, source: string): CurveRow[] {
  const { header, records } = parseCsv(text, source);
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0)
    throw new ConfigError(
      `${source} is not a table of training curves`,
      missing.map((column) => `column ${column} is missing`),
    );
  const problems: string[] = [];
  const rows = records.map(({ line, cells }): CurveRow => {
    const text = (column: string) => cells[header.indexOf(column)] ?? '';
    const number = (column: string, isRight: (value: number) => boolean, rule: string) => {
      const value = Number(text(column));
      if (text(column) === '' || !isRight(value))
        problems.push(`line ${line}: ${column} must be ${rule}, got ${JSON.stringify(text(column))}`);
      return value;
    };
    const isFraction = (value: number) => value >= 0 && value <= 1;
    const further = header.filter((column) => !(columns as readonly string[]).includes(column));
    return {
      ...Object.fromEntries(further.map((column) => [column, text(column) === '' ? null : numberOr(text(column))])),
      architecture: text('architecture'),
      dataset: text('dataset'),
      seed: number('seed', (value) => Number.isInteger(value) && value >= 0, 'a whole number from 0'),
      epoch: number('epoch', (value) => Number.isInteger(value) && value >= 1, 'a whole number from 1'),
      validationTop1Error:
        text('validationTop1Error') === '' ? null : number('validationTop1Error', isFraction, 'a fraction from 0 to 1'),
    };
  });
  if (problems.length > 0) throw new ConfigError(`${source} is not a table of training curves`, problems);
  return rows;
}

const numberOr = (text: string) => (Number.isNaN(Number(text)) ? text : Number(text));
