import type { ResultRow } from '../../results/results-table.ts';

/** Facts about a dataset, from the columns of a results table and never from names; null if unknown. */
export interface ComparedDataset {
  dataset: string;
  /** `subset`: some classes of the reference; `control`: as many images of the reference as a subset has; `target`: any other dataset. */
  role: 'reference' | 'subset' | 'control' | 'target';
  /** Column `parentDataset`: the dataset that it is a part of. */
  parent: string | null;
  /** Column `classes`; for a control, column `control`: the number of classes of the subset whose image count it has. */
  classes: number | null;
  /** Column `classDraw`. */
  classDraw: number | null;
  /**
   * Training operations of a run relative to the reference: the product of the columns `epochs`, `imagesPerEpoch` and `flops`, as far as
   * the table has them, averaged over its runs.
   */
  cost: number | null;
  /** Column `testImages`: number of images that its errors are measured on. */
  testImages: number | null;
}

/** @param rowsOf the rows of each dataset, including the reference */
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

/** Returns the cost columns that the rows of every dataset have; none if the number of training images is unknown. */
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

/** Returns the first text that a row has in a column. */
function text(rows: readonly ResultRow[], column: string): string | null {
  const value = rows.find((row) => typeof row[column] === 'string')?.[column];
  return typeof value === 'string' ? value : null;
}

function number(rows: readonly ResultRow[], column: string): number | null {
  const value = rows.find((row) => typeof row[column] === 'number')?.[column];
  return typeof value === 'number' ? value : null;
}
