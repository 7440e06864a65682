import type { AnalysisTable } from './analysis-table.ts';
import type { Column } from './columns.ts';
import { withInterval } from './figures/estimates.ts';
import { lanes } from './kernel/kernel.ts';
import type { Interval } from './intervals.ts';
import type { Proxy } from './proxies.ts';
import { columnOrder } from './resampling/column-order.ts';
import { estimate, type Figure } from './resampling/figure.ts';
import type { Measurement } from './resampling/measurement.ts';

/** What is lost on a target by choosing the k best architectures by a proxy; by size the k largest. */
export interface Choice {
  target: string;
  by: Proxy;
  k: number;
  /** Architectures to choose from: those with an error on the target and a value of the proxy. More than k. */
  n: number;
  /**
   * Lowest target error among the k chosen minus the lowest of all. Of architectures tied on the proxy those with the larger
   * target error count as chosen.
   */
  regret: number;
  /** Null where more than a quarter are chosen, as resamples hardly ever show a loss then. */
  regretCi95: Interval | null;
  /** Share of the k chosen that are among the k best on the target, in [0, 1]; ties there count as among them. */
  precision: number;
  precisionCi95: Interval | null;
}

/** How many are chosen. */
export const choiceSizes = [1, 5, 10] as const;

/** Share of the architectures of which an interval is told. */
const mostChosen = 0.25;

export interface DeclaredChoice {
  k: number;
  regret: Figure;
  precision: Figure;
}

/**
 * Declares the choices of which there are more architectures than are chosen.
 * @param proxy lower is better
 */
export function declareChoices(measurement: Measurement, proxy: Column, target: Column): DeclaredChoice[] {
  const sample = measurement.sample(proxy, target);
  const errors = sample.valuesOf(target);
  const proxies = sample.valuesOf(proxy);
  const byProxy = columnOrder(
    proxies,
    errors.map((error) => -error),
  ).order;
  const byTarget = columnOrder(errors).order;
  const sizes = choiceSizes.filter((k) => k < sample.rows.length);
  const most = sizes.at(-1) ?? 0;
  // Errors of the first architectures in a replicate, by the proxy and by the target.
  const [chosen, best] = [new Float64Array(most), new Float64Array(most)];
  const figures = measurement.figures(sample, 2 * sizes.length, (lane, _, out) => {
    const found = firstErrors(byProxy, errors, sample.counts, lane, chosen);
    firstErrors(byTarget, errors, sample.counts, lane, best);
    sizes.forEach((k, index) => {
      if (found < k) return;
      let lowest = Infinity;
      let hits = 0;
      for (let place = 0; place < k; place++) {
        lowest = Math.min(lowest, chosen[place]!);
        if (chosen[place]! <= best[k - 1]!) hits++;
      }
      out[2 * index] = lowest - best[0]!;
      out[2 * index + 1] = hits / k;
    });
  });
  return sizes.map((k, index) => ({ k, regret: figures[2 * index]!, precision: figures[2 * index + 1]! }));
}

/**
 * Fills in the errors of the first architectures of an order in a replicate, each as often as it was drawn, so that k of them are as
 * large a share of the population as in the sample; returns how many there were.
 */
function firstErrors(
  order: Int32Array,
  errors: Float64Array,
  counts: Int32Array,
  lane: number,
  into: Float64Array,
): number {
  let found = 0;
  for (let place = 0; found < into.length && place < order.length; place++) {
    const item = order[place]!;
    for (let copy = counts[lanes * item + lane]!; copy > 0 && found < into.length; copy--)
      into[found++] = errors[item]!;
  }
  return found;
}

/** Once measured: the figures of a declared choice. */
export function measuredChoice({ k, regret, precision }: DeclaredChoice, table: AnalysisTable) {
  return {
    k,
    regret: estimate(regret)!,
    regretCi95: k > mostChosen * regret.n ? null : withInterval(regret, table).ci95,
    precision: estimate(precision)!,
    precisionCi95: withInterval(precision, table).ci95,
  };
}
