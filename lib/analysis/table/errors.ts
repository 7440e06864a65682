import type { AnalysisTable } from './analysis-table.ts';

/** Errors by dataset and architecture, averaged over seeds. */
export interface ErrorMatrix {
  /** Sorted, so that no resample depends on the order of rows. */
  architectures: readonly string[];
  /** The reference first, the others in the order of their first rows. */
  datasets: readonly string[];
  /** By dataset, in the order of the architectures; null for an architecture without an error. */
  errors: ReadonlyMap<string, readonly (number | null)[]>;
}

export function errorMatrix({ architectures, datasets, errors }: AnalysisTable): ErrorMatrix {
  const nullable = (column: Float64Array) => Array.from(column, (error) => (Number.isNaN(error) ? null : error));
  return {
    architectures,
    datasets,
    errors: new Map(datasets.map((dataset, index) => [dataset, nullable(errors[index]!)])),
  };
}
