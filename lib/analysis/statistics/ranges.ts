import { stream } from '../../core/streams.ts';
import { ofEach } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { Vector } from '../table/vectors.ts';
import { quantileOf } from '../inference/intervals.ts';
import { columnOrder } from '../resampling/column-order.ts';

/**
 * The values of a parameter among the best networks on a dataset (the filters of pycls' sweeps, `get_filters`): 2.5 %, 50 % and 97.5 %
 * quantiles over the best architectures of 2,500 draws, each of a quarter of the population.
 */
export interface ParameterRange {
  parameter: string;
  dataset: string;
  /** Architectures that have both. */
  n: number;
  low: number;
  median: number;
  high: number;
}

/** Share of the population in a draw. */
const share = 0.25;

/** A row for each parameter and dataset, unless no architecture has both. */
export const ranges = ofEach('table', (_, table) => () => {
  const ranksOf = bestRanks(table);
  const orders = table.errors.map(rowsByError);
  return [...table.parameters].flatMap(([parameter, vectors]) =>
    table.datasets.flatMap((dataset, index): ParameterRange[] => {
      const values = vectors[index]!;
      const byError = orders[index]!.filter((row) => !Number.isNaN(values[row]));
      const n = byError.length;
      if (n === 0) return [];
      const best = Float64Array.from(ranksOf(n), (rank) => values[byError[rank]!]!);
      const [low, median, high] = [0.025, 0.5, 0.975].map((level) => quantileOf(best, level)) as Three;
      return [{ parameter, dataset, n, low, median, high }];
    }),
  );
});

type Three = [number, number, number];

/** Returns the architectures that have an error, the lowest first. */
function rowsByError(errors: Vector): Int32Array {
  const rows = Int32Array.from(errors.keys()).filter((row) => !Number.isNaN(errors[row]));
  return columnOrder(Float64Array.from(rows, (row) => errors[row]!)).order.map((place) => rows[place]!);
}

/**
 * Returns a function that gives, for n architectures, the best rank (from 0) of each draw of k with replacement, by inversion: with
 * probability ((n - r) / n)^k no rank below r is drawn. All datasets share the uniform numbers, so that their draws are as similar as
 * possible.
 */
function bestRanks({ replicates, seed }: AnalysisTable): (n: number) => Int32Array {
  const random = stream(seed, 'ranges');
  const uniforms = Float64Array.from({ length: replicates.resamples }, () => random.uniform());
  const known = new Map<number, Int32Array>();
  return (n) => {
    const k = Math.max(1, Math.floor(share * n));
    const ranks = known.get(n) ?? Int32Array.from(uniforms, (u) => Math.min(n - 1, Math.floor(n * (1 - u ** (1 / k)))));
    known.set(n, ranks);
    return ranks;
  };
}
