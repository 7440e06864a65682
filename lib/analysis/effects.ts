import type { AnalysisTable } from './analysis-table.ts';
import { logarithmOf } from './columns.ts';
import { withInterval } from './figures/estimates.ts';
import { partialPearson, pearson } from './figures/moments.ts';
import { spearman } from './figures/ranks.ts';
import type { Interval } from './intervals.ts';
import type { Kernel } from './kernel/kernel.ts';
import { permutationPValues } from './permutation.ts';
import { Measurement, type OnProgress } from './resampling/measurement.ts';

/** Correlation of one structure parameter or complexity with the error on one dataset. */
export interface ParameterEffect {
  parameter: string;
  dataset: string;
  /** Architectures with a value of both. */
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
  spearman: number | null;
  spearmanCi95: Interval | null;
  /** Of Pearson's r, by permutation, two-sided; the corrections are over all parameters and datasets. */
  pValue: number | null;
  pValueHolm: number | null;
  pValueBenjaminiHochberg: number | null;
  /** The complexity that is held fixed; null where the table has none, or this parameter is it. */
  fixed: string | null;
  /** Pearson's r of what both have left after least squares on [1, ln of the fixed complexity]; on four architectures or more. */
  partialPearson: number | null;
  partialPearsonCi95: Interval | null;
}

/** What is held fixed is the first of these that the table has, else its first measure of size. */
const complexities = ['flops', 'params', 'acts'];

/** The effects of every parameter on some datasets; corrections over all datasets are still to be made. */
export function parameterEffects(
  kernel: Kernel,
  table: AnalysisTable,
  datasets: readonly number[],
  onProgress?: OnProgress,
): ParameterEffect[] {
  const measurement = new Measurement(table.replicates);
  const measured = datasets.map((dataset) => declareEffects(measurement, table, dataset));
  measurement.run(kernel, onProgress);
  return measured.flatMap((effects) => effects(kernel));
}

function declareEffects(
  measurement: Measurement,
  table: AnalysisTable,
  dataset: number,
): (kernel: Kernel) => ParameterEffect[] {
  const errors = table.errors[dataset]!;
  const complexity = complexities.find((name) => table.sizes.includes(name)) ?? table.sizes[0] ?? null;
  const logarithm = complexity === null ? undefined : logarithmOf(table.parameters.get(complexity)![dataset]!);
  const declared = [...table.parameters].map(([parameter, columns]) => {
    const column = columns[dataset]!;
    const sample = measurement.sample(column, errors);
    return {
      parameter,
      column,
      n: sample.rows.length,
      linear: pearson(measurement, sample, column, errors),
      ranked: spearman(measurement, sample, column, errors),
      partial:
        logarithm === undefined || parameter === complexity
          ? undefined
          : partialPearson(measurement, measurement.sample(column, errors, logarithm), column, errors, logarithm),
    };
  });
  return (kernel) => {
    const columns = declared.map(({ column }) => column);
    const pValues = permutationPValues(kernel, table, columns, errors);
    return declared.map(({ parameter, n, linear, ranked, partial }, index) => {
      const r = withInterval(linear, table);
      const rho = withInterval(ranked, table);
      const rest = partial ? withInterval(partial, table) : { value: null, ci95: null };
      return {
        parameter,
        dataset: table.datasets[dataset]!,
        n,
        pearson: r.value,
        pearsonCi95: r.ci95,
        spearman: rho.value,
        spearmanCi95: rho.ci95,
        pValue: pValues[index]!,
        pValueHolm: null,
        pValueBenjaminiHochberg: null,
        fixed: partial ? complexity : null,
        partialPearson: rest.value,
        partialPearsonCi95: rest.ci95,
      };
    });
  };
}
