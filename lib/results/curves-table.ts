import { csvTable, isEmpty, isNumber, largeCsvTable, refuse, type RawTable } from './raw-table.ts';

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
  /** Error on the validation images after this epoch: a fraction in [0, 1], null if it was not measured. */
  validationTop1Error: number | null;
}

const required = ['architecture', 'dataset', 'seed', 'epoch', 'validationTop1Error'] as const;

/** Parses a CSV table of curves, which may have no rows; like `curveRows`. */
export const parseCurves = (text: string, source: string): CurveRow[] => curveRows(csvTable(text, source, 0));

/** The same for the bytes of a table that may be large: yields to other work from time to time. */
export const parseLargeCurves = async (bytes: Uint8Array, source: string): Promise<CurveRow[]> =>
  curveRows(await largeCsvTable(bytes, source, 0));

/**
 * Returns the rows of a table of curves; columns other than those of a `CurveRow` are ignored.
 * @throws ConfigError naming line, column and value
 */
export function curveRows({ source, columns, counted, rows }: RawTable): CurveRow[] {
  refuse(
    source,
    required
      .filter((column) => !columns.includes(column))
      .map((column) => `column ${column} is missing (found ${columns.join(', ')})`),
  );
  const [architecture, dataset, seed, epoch, error] = required.map((column) => columns.indexOf(column)) as Places;
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const curves = rows.map(({ number, cells }) => {
    const location = `${counted} ${number}`;
    const problem = (column: number, rule: string) =>
      problems.push(`${location}: ${columns[column]} must be ${rule}, got ${JSON.stringify(cells[column])}`);
    for (const column of [architecture, dataset]) if (isEmpty(cells[column])) problem(column, 'a name');
    if (!/^\d+$/.test(String(cells[seed]))) problem(seed, 'a whole number from 0');
    if (!/^[1-9]\d*$/.test(String(cells[epoch]))) problem(epoch, 'a whole number from 1');
    const value = cells[error]!;
    if (!isEmpty(value) && !(isNumber(value) && Number(value) >= 0 && Number(value) <= 1))
      problem(error, 'a fraction from 0 to 1');
    const row: CurveRow = {
      architecture: String(cells[architecture]),
      dataset: String(cells[dataset]),
      seed: Number(cells[seed]),
      epoch: Number(cells[epoch]),
      validationTop1Error: isEmpty(value) ? null : Number(value),
    };
    const key = JSON.stringify([row.architecture, row.dataset, row.seed, row.epoch]);
    const earlier = seen.get(key);
    if (earlier !== undefined)
      problems.push(`${location} repeats ${counted} ${earlier}: epoch ${row.epoch} of the same run`);
    seen.set(key, number);
    return row;
  });
  refuse(source, problems);
  return curves;
}

type Places = [number, number, number, number, number];
