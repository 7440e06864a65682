import { ofEach } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { Vector } from '../table/vectors.ts';
import { pearsonOfSums } from '../coefficients/moments.ts';
import { quantileOf, type Interval } from '../inference/intervals.ts';
import { fewestUnits } from '../inference/verdict.ts';
import { inPairs } from '../kernel/column-pairs.ts';
import { countBytes, lanes, weightBytes, type Kernel } from '../kernel/kernel.ts';

/** The scatter of Pearson's r between reference and target for smaller populations. */
export interface PopulationSizeEffect {
  target: string;
  /** From few architectures to all of them; empty with clusters, or on fewer than six architectures. */
  sizes: {
    architectures: number;
    /** Mean, and 2.5 % to 97.5 % quantiles, of r over samples of that many architectures. */
    mean: number | null;
    range95: Interval | null;
  }[];
}

/** Returns 10, 20, 50, 100, ... and finally all. */
function sizesUpTo(most: number): number[] {
  const sizes = [];
  for (let decade = 10; decade < most; decade *= 10) sizes.push(decade, 2 * decade, 5 * decade);
  return [...sizes.filter((size) => size < most), most];
}

/** The samples are the beginnings of resamples, so that larger samples contain the smaller ones. */
export const populationSizes = ofEach('target', (_, table, target) => (kernel) => [
  populationSizeEffect(kernel, table, target),
]);

function populationSizeEffect(kernel: Kernel, table: AnalysisTable, target: number): PopulationSizeEffect {
  const [reference, errors] = [table.errors[0]!, table.errors[target]!];
  const rows = [...reference.keys()].filter((row) => !Number.isNaN(reference[row]! + errors[row]!));
  const isKnown = rows.length >= fewestUnits && table.replicates.clusters === null;
  const sizes = isKnown ? sizesUpTo(rows.length) : [];
  const correlations = correlationsBySize(kernel, table, rows, reference, errors, sizes);
  return {
    target: table.datasets[target]!,
    sizes: sizes.map((architectures, index) => {
      const defined = correlations[index]!.filter((r) => !Number.isNaN(r));
      const mean = defined.reduce((sum, r) => sum + r, 0) / defined.length;
      return {
        architectures,
        mean: defined.length === 0 ? null : mean,
        range95: defined.length === 0 ? null : [quantileOf(defined, 0.025), quantileOf(defined, 0.975)],
      };
    }),
  };
}

/** Returns by size Pearson's r of the beginning of every resample. */
function correlationsBySize(
  kernel: Kernel,
  { replicates: { resamples, states } }: AnalysisTable,
  rows: readonly number[],
  reference: Vector,
  errors: Vector,
  sizes: readonly number[],
): Float64Array[] {
  const items = rows.length;
  const columns = momentColumns(
    rows.map((row) => reference[row]!),
    rows.map((row) => errors[row]!),
  );
  const start = kernel.allocate(0);
  const places = kernel.place(inPairs(columns, items));
  const counts = kernel.allocate(countBytes * items);
  const wide = kernel.allocate(weightBytes * items);
  const sums = kernel.allocate(weightBytes * (columns.length + 1));
  const state = kernel.place(states);
  const result = sizes.map(() => new Float64Array(resamples));
  for (let first = 0; first < resamples; first += lanes) {
    const active = Math.min(lanes, resamples - first);
    kernel.int32(counts, lanes * items).fill(0);
    sizes.forEach((size, index) => {
      const draws = size - (sizes[index - 1] ?? 0);
      for (let lane = 0; lane < active; lane++)
        kernel.run.draw(state + 16 * (first + lane), draws, items, counts, lane);
      kernel.run.widen(items, counts, wide);
      kernel.run.momentSums(items, wide, places, columns.length, sums);
      const moments = kernel.float64(sums, lanes * columns.length);
      const at = (moment: number, lane: number) => moments[lanes * moment + lane]!;
      for (let lane = 0; lane < active; lane++)
        result[index]![first + lane] = pearsonOfSums(
          size,
          at(0, lane),
          at(1, lane),
          at(2, lane),
          at(3, lane),
          at(4, lane),
        );
    });
  }
  kernel.release(start);
  return result;
}

/** Returns x, y, xx, yy, xy of the centred columns. */
function momentColumns(a: readonly number[], b: readonly number[]): Float64Array[] {
  const [x, y] = [a, b].map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    return Float64Array.from(column, (value) => value - mean);
  }) as [Float64Array, Float64Array];
  const product = (u: Float64Array, v: Float64Array) => u.map((value, index) => value * v[index]!);
  return [x, y, product(x, x), product(y, y), product(x, y)];
}
