import { spearman } from '../coefficients/ranks.ts';
import { errorOfDifference } from '../inference/dependent-correlations.ts';
import type { Interval } from '../inference/intervals.ts';
import { reportLevel } from '../inference/levels.ts';
import { rankScores, productSum } from '../inference/rank-scores.ts';
import { simultaneous } from '../inference/simultaneous.ts';
import { sideOf } from '../inference/verdict.ts';
import { difference, valueOf, type Estimate } from '../resampling/estimate.ts';
import { ofAll } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import { restricted } from '../table/vectors.ts';

/** The difference between a structure parameter's relations to the errors on two datasets. */
export interface EffectDifference {
  parameter: string;
  a: string;
  b: string;
  /** Architectures with the parameter and an error on the reference and on every target. */
  n: number;
  /** Spearman's rho of the parameter with the error on a, minus its rho with the error on b, over these architectures. */
  difference: number | null;
  /** Simultaneous over all parameters and pairs, and the other questions of the report. */
  differenceCi95: Interval | null;
  pValueCorrected: number | null;
  /** `differs` if the interval excludes 0; `undecided` does not mean that there is no difference. */
  verdict: 'differs' | 'undecided';
}

export interface Part {
  /** Its index in the table. */
  dataset: number;
  parameter: string;
  rho: Estimate;
  n: number;
}

/** Compares the reference and the targets, but no parts of the reference. */
export const effectDifferences = ofAll(
  'dataset',
  (measurement, table, dataset) => {
    const { errors, parameters } = table;
    const whole = isWhole(table);
    if (!whole(dataset)) return () => [];
    const complete = errors.filter((_, index) => whole(index));
    const declared = [...parameters].map(([parameter, vectors]) => {
      const vector = vectors[dataset]!;
      const sample = measurement.sample(vector, restricted(errors[dataset]!, complete));
      const rho = spearman(measurement, sample, vector, errors[dataset]!);
      return { dataset, parameter, rho, n: sample.rows.length };
    });
    return (): Part[] => declared;
  },
  (parts: Part[], table): EffectDifference[] => {
    const { replicates, parameters, levels, datasets } = table;
    const between = rankCorrelations(table, isWhole(table));
    const pairs = [...parameters.keys()].flatMap((name) => {
      const own = parts.filter(({ parameter, rho }) => parameter === name && valueOf(rho) !== null);
      return own.flatMap((a, index) => own.slice(index + 1).map((b) => [a, b] as const));
    });
    const member = (index: number) => {
      const [a, b] = pairs[index]!;
      const leastError = errorOfDifference(
        valueOf(a.rho)!,
        valueOf(b.rho)!,
        between(a.dataset, b.dataset),
        Math.min(a.rho.n, b.rho.n),
      );
      return { estimate: difference(a.rho, b.rho), leastError };
    };
    const tests = simultaneous(
      { length: pairs.length, at: member },
      replicates,
      'difference',
      levels.effectDifferences ?? reportLevel,
    );
    return pairs.map(([a, b], index) => {
      const { interval, pValueCorrected } = tests[index]!;
      return {
        parameter: a.parameter,
        a: datasets[a.dataset]!,
        b: datasets[b.dataset]!,
        n: Math.min(a.n, b.n),
        difference: valueOf(a.rho)! - valueOf(b.rho)!,
        differenceCi95: interval,
        pValueCorrected,
        verdict: sideOf(interval) === 0 ? 'undecided' : 'differs',
      };
    });
  },
);

const isWhole =
  ({ facts }: Pick<AnalysisTable, 'facts'>) =>
  (dataset: number) =>
    ['reference', 'target'].includes(facts[dataset]!.role);

/** Declares the rank correlations of the errors on each two of some datasets, over the architectures that have an error on all of them. */
function rankCorrelations(
  { errors }: Pick<AnalysisTable, 'errors'>,
  isMember: (dataset: number) => boolean,
): (a: number, b: number) => number {
  const members = errors.filter((_, dataset) => isMember(dataset));
  const scores = errors.map((vector, dataset) => (isMember(dataset) ? rankScores(restricted(vector, members)) : null));
  return (a, b) => (scores[a] && scores[b] ? productSum(scores[a], scores[b]) : 0);
}
