import { stream } from '../../core/streams.ts';
import { ofEach } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { Vector } from '../table/vectors.ts';
import { quantileOf } from '../inference/intervals.ts';
import { columnOrder } from '../resampling/column-order.ts';

/**
 * The values of a parameter among the best networks on a dataset (the filters of pycls' sweeps, `get_filters`): of 2,500 draws of a
 * quarter of the population the best architecture each; 2.5 %, 50 % and 97.5 % of its values.
 */
export interface ParameterRange {
  parameter: string;
  dataset: string;
  /** Architectures with a value of both. */
  n: number;
  low: number;
  median: number;
  high: number;
}

/** Of the population in a draw. */
const share = 0.25;

/** By parameter and dataset; none if no architecture has both. */
export const ranges = ofEach('table', (_, table) => () => {
  const uniforms = uniformNumbers(table);
  const orders = table.errors.map(rowsByError);
  return [...table.parameters].flatMap(([parameter, vectors]) =>
    table.datasets.flatMap((dataset, index): ParameterRange[] => {
      const values = vectors[index]!;
      const byError = orders[index]!.filter((row) => !Number.isNaN(values[row]));
      const n = byError.length;
      if (n === 0) return [];
      const best = uniforms.map((u) => values[byError[bestRank(n, u)]!]!);
      const [low, median, high] = [0.025, 0.5, 0.975].map((level) => quantileOf(best, level)) as Three;
      return [{ parameter, dataset, n, low, median, high }];
    }),
  );
});

type Three = [number, number, number];

/** Those that have an error, the lowest first. */
function rowsByError(errors: Vector): Int32Array {
  const rows = Int32Array.from(errors.keys()).filter((row) => !Number.isNaN(errors[row]));
  return columnOrder(Float64Array.from(rows, (row) => errors[row]!)).order.map((place) => rows[place]!);
}

/** The same for all datasets, so that their draws are as alike as can be. */
function uniformNumbers({ replicates, seed }: AnalysisTable): Float64Array {
  const random = stream(seed, 'ranges');
  return Float64Array.from({ length: replicates.resamples }, () => random.uniform());
}

/**
 * The best rank, from 0, among k draws with replacement from n, by inversion: no rank below r is drawn with probability
 * ((n - r) / n)^k.
 */
function bestRank(n: number, uniform: number): number {
  const k = Math.max(1, Math.floor(share * n));
  return Math.min(n - 1, Math.floor(n * (1 - uniform ** (1 / k))));
}
