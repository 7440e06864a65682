import { spearman } from '../coefficients/ranks.ts';
import type { Interval } from '../inference/intervals.ts';
import { simultaneous } from '../inference/simultaneous.ts';
import { sideOf } from '../inference/verdict.ts';
import { difference, valueOf, type Estimate } from '../resampling/estimate.ts';
import { ofAll } from '../statistic.ts';
import { restricted } from '../table/vectors.ts';

/** How differently a structure parameter goes with the errors on two datasets. */
export interface EffectDifference {
  parameter: string;
  a: string;
  b: string;
  /** Architectures with the parameter and an error on the reference and on every target. */
  n: number;
  /** Spearman's rho of the parameter with the error on a minus that on b, over these architectures. */
  difference: number | null;
  /** Simultaneous over all parameters and pairs. */
  differenceCi95: Interval | null;
  pValueCorrected: number | null;
  /** `differs` if the interval excludes 0. That a difference is not shown does not mean that there is none. */
  verdict: 'differs' | 'undecided';
}

export interface Part {
  dataset: string;
  parameter: string;
  rho: Estimate;
  n: number;
}

/** Of the reference and the targets, not of parts of the reference. */
export const effectDifferences = ofAll(
  'dataset',
  (measurement, table, dataset) => {
    const { facts, errors, parameters } = table;
    const isWhole = (index: number) => ['reference', 'target'].includes(facts[index]!.role);
    if (!isWhole(dataset)) return () => [];
    const whole = errors.filter((_, index) => isWhole(index));
    const declared = [...parameters].map(([parameter, vectors]) => {
      const vector = vectors[dataset]!;
      const sample = measurement.sample(vector, restricted(errors[dataset]!, whole));
      const rho = spearman(measurement, sample, vector, errors[dataset]!);
      return { dataset: table.datasets[dataset]!, parameter, rho, n: sample.rows.length };
    });
    return (): Part[] => declared;
  },
  (parts: Part[], { replicates, parameters }): EffectDifference[] => {
    const pairs = [...parameters.keys()].flatMap((name) => {
      const own = parts.filter(({ parameter, rho }) => parameter === name && valueOf(rho) !== null);
      return own.flatMap((a, index) => own.slice(index + 1).map((b) => [a, b] as const));
    });
    const differenceOf = (index: number) => difference(pairs[index]![0].rho, pairs[index]![1].rho);
    const tests = simultaneous({ length: pairs.length, at: differenceOf }, replicates, 'difference');
    return pairs.map(([a, b], index) => {
      const { interval, pValueCorrected } = tests[index]!;
      return {
        parameter: a.parameter,
        a: a.dataset,
        b: b.dataset,
        n: Math.min(a.n, b.n),
        difference: valueOf(differenceOf(index)),
        differenceCi95: interval,
        pValueCorrected,
        verdict: sideOf(interval) === 0 ? 'undecided' : 'differs',
      };
    });
  },
);
