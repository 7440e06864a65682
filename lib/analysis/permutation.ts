import type { AnalysisTable } from './analysis-table.ts';
import type { Column } from './columns.ts';
import { inPairs } from './kernel/column-pairs.ts';
import type { Kernel } from './kernel/kernel.ts';
import { generatorStates } from './resampling/replicates.ts';

/** Permutations that the kernel makes at a time. */
const together = 4;

/**
 * Two-sided p-values of Pearson's r of some columns with one, under the hypothesis that they are unrelated: the share of random
 * pairings at least as far from 0, counting the observed one (Phipson and Smyth 2010). Only architectures that have both count.
 * Null where r is undefined. Columns of the same architectures, and equally many in every call, are paired alike.
 */
export function permutationPValues(
  kernel: Kernel,
  { permutations: wanted, seed }: Pick<AnalysisTable, 'permutations' | 'seed'>,
  columns: readonly Column[],
  other: Column,
): (number | null)[] {
  const pValues: (number | null)[] = columns.map(() => null);
  const permutations = together * Math.ceil(wanted / together);
  const state = generatorStates(1, seed, 'permutations');
  for (const { rows, members } of groupsByRows(columns, other)) {
    const y = centred(rows, other);
    const xs = members.map((index) => centred(rows, columns[index]!));
    const kept = members.map((index, place) => ({ index, x: xs[place]! })).filter(({ x }) => isVarying(x));
    if (rows.length < 3 || !isVarying(y) || kept.length === 0) continue;
    const exceedances = permute(
      kernel,
      state,
      permutations,
      kept.map(({ x }) => x),
      y,
    );
    kept.forEach(({ index }, place) => (pValues[index] = (exceedances[place]! + 1) / (permutations + 1)));
  }
  return pValues;
}

function permute(
  kernel: Kernel,
  state: Int32Array,
  permutations: number,
  xs: readonly Float64Array[],
  y: Float64Array,
): Int32Array {
  const width = 2 * Math.ceil(xs.length / 2);
  const thresholds = new Float64Array(width).fill(Infinity);
  xs.forEach((x, column) => {
    const products = x.map((value, row) => value * y[row]!);
    const size = products.reduce((sum, product) => sum + Math.abs(product), 0);
    // Pairings that are as far must not seem nearer by rounding.
    thresholds[column] = Math.abs(products.reduce((sum, product) => sum + product, 0)) - 1e-12 * size;
  });
  const start = kernel.allocate(0);
  const exceedances = kernel.place(new Int32Array(width));
  const batch = kernel.allocate(8 * together * y.length);
  const [generator, columns, values, limits] = [state, inPairs(xs, y.length), y, thresholds].map((array) =>
    kernel.place(array),
  ) as [number, number, number, number];
  kernel.run.permute(generator, permutations, y.length, columns, width, values, limits, batch, exceedances);
  const counts = kernel.int32(exceedances, width).slice();
  kernel.release(start);
  return counts;
}

/** The columns by the architectures that have them and the other one. */
function groupsByRows(columns: readonly Column[], other: Column): { rows: Int32Array; members: number[] }[] {
  const groups = new Map<string, { rows: Int32Array; members: number[] }>();
  columns.forEach((column, index) => {
    const mask = Uint8Array.from(column, (value, row) => (Number.isNaN(value + other[row]!) ? 0 : 1));
    const key = Buffer.from(mask).toString('latin1');
    const group = groups.get(key);
    if (group !== undefined) group.members.push(index);
    else groups.set(key, { rows: Int32Array.from(mask.keys()).filter((row) => mask[row] === 1), members: [index] });
  });
  return [...groups.values()];
}

function centred(rows: Int32Array, column: Column): Float64Array {
  const values = Float64Array.from(rows, (row) => column[row]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return isVarying(values) ? values.map((value) => value - mean) : values;
}

const isVarying = (values: Float64Array) => values.some((value) => value !== values[0]);
