import type { ResultRow } from '../../results/results-table.ts';

/** What the columns of a results table, never names, say of a dataset; null if they do not. */
export interface ComparedDataset {
  dataset: string;
  /** `subset`: classes of the reference; `control`: as many images of it as a subset has; `target`: every other one. */
  role: 'reference' | 'subset' | 'control' | 'target';
  /** Vector `parentDataset`: the dataset that it is a part of. */
  parent: string | null;
  /** Vector `classes`; of a control column `control`: the classes of the subset whose image count it has. */
  classes: number | null;
  /** Vector `classDraw`. */
  classDraw: number | null;
  /**
   * Training operations of a run relative to the reference: columns `epochs` x `imagesPerEpoch` x `flops`, as far as the table
   * has them, the mean over its runs.
   */
  cost: number | null;
  /** Column `testImages`: how many images its errors are measured on. */
  testImages: number | null;
}

/** @param rowsOf the rows of each dataset, the reference among them */
export function comparedDatasets(
  reference: string,
  rowsOf: ReadonlyMap<string, readonly ResultRow[]>,
): ComparedDataset[] {
  const whole = text(rowsOf.get(reference)!, 'parentDataset') ?? reference;
  const costs = costColumns([...rowsOf.values()]);
  const costOf = (rows: readonly ResultRow[]) => meanProduct(rows, costs);
  const referenceCost = costOf(rowsOf.get(reference)!);
  return [...rowsOf].map(([dataset, rows]) => {
    const parent = text(rows, 'parentDataset');
    const control = number(rows, 'control');
    const classes = control ?? number(rows, 'classes');
    const isPart = dataset !== reference && parent === whole && classes !== null;
    const cost = costOf(rows);
    return {
      dataset,
      role: dataset === reference ? 'reference' : !isPart ? 'target' : control === null ? 'subset' : 'control',
      parent,
      classes,
      classDraw: number(rows, 'classDraw'),
      cost: cost === null || referenceCost === null ? null : cost / referenceCost,
      testImages: number(rows, 'testImages'),
    };
  });
}

/** The columns of cost that the rows of every dataset have; none if it is not known how many images a run trains on. */
function costColumns(datasets: readonly (readonly ResultRow[])[]): string[] {
  const everywhere = ['imagesPerEpoch', 'epochs', 'flops'].filter((column) =>
    datasets.every((rows) => number(rows, column) !== null),
  );
  return everywhere.includes('imagesPerEpoch') ? everywhere : [];
}

function meanProduct(rows: readonly ResultRow[], columns: readonly string[]): number | null {
  if (columns.length === 0) return null;
  const products = rows
    .map((row) => columns.map((column) => row[column]))
    .filter((values) => values.every((value) => typeof value === 'number'))
    .map((values) => values.reduce((product, value) => product * value, 1));
  const mean = products.reduce((sum, value) => sum + value, 0) / products.length;
  return mean > 0 ? mean : null;
}

/** The first that a row has. */
function text(rows: readonly ResultRow[], column: string): string | null {
  const value = rows.find((row) => typeof row[column] === 'string')?.[column];
  return typeof value === 'string' ? value : null;
}

function number(rows: readonly ResultRow[], column: string): number | null {
  const value = rows.find((row) => typeof row[column] === 'number')?.[column];
  return typeof value === 'number' ? value : null;
}
