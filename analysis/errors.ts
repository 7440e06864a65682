import type { ResultRow } from '../results/results-table.ts';

/** Errors by dataset and architecture, the mean over seeds. */
export interface ErrorMatrix {
  /** Sorted, so that no resample depends on the order of rows. */
  architectures: readonly string[];
  /** In the order of their first rows. */
  datasets: readonly string[];
  /** By dataset, in the order of the architectures; null where no run gave an error. */
  errors: ReadonlyMap<string, readonly (number | null)[]>;
}

/** Arranges the top-1 errors of a results table; rows without an error are left out of the means. */
export function errorMatrix(rows: readonly ResultRow[]): ErrorMatrix {
  const architectures = [...new Set(rows.map(({ architecture }) => architecture))].sort();
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  const values = new Map<string, number[]>();
  for (const { architecture, dataset, top1Error } of rows) {
    if (top1Error === null) continue;
    const key = JSON.stringify([dataset, architecture]);
    const known = values.get(key);
    if (known) known.push(top1Error);
    else values.set(key, [top1Error]);
  }
  const errors = new Map(
    datasets.map((dataset) => [
      dataset,
      architectures.map((architecture) => {
        const runs = values.get(JSON.stringify([dataset, architecture]));
        return runs ? mean(runs) : null;
      }),
    ]),
  );
  return { architectures, datasets, errors };
}

/** Two columns where both have a value. */
export function completePairs(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
): { x: Float64Array; y: Float64Array } {
  const pairs = a.flatMap((x, index) => {
    const y = b[index] ?? null;
    return x === null || y === null ? [] : [[x, y] as const];
  });
  return { x: Float64Array.from(pairs, ([x]) => x), y: Float64Array.from(pairs, ([, y]) => y) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
