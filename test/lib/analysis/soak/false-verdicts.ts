import type { Analysis } from '../../../../lib/analysis/index.ts';
import type { Truth } from './populations.ts';

/** Monte Carlo error of the true correlations. */
export const tolerance = 0.015;

type Ranking = Pick<Analysis['targets'][number], 'verdict' | 'verdictCi95'>;

/** Whether a verdict on a ranking is false, given the true rank correlation. */
export function isRankingFalse({ verdict, verdictCi95 }: Ranking, truth: number): boolean {
  switch (verdict) {
    case 'holds':
      return truth < 0.3 - tolerance;
    case 'reversed':
      return truth > -0.3 + tolerance;
    case 'gone':
      return Math.abs(truth) > 0.3 + tolerance;
    case 'weak':
      return verdictCi95![0] > 0 ? truth < -tolerance : truth > tolerance;
    case 'undecided':
      return false;
  }
}

export const contains = (interval: readonly [number, number] | null, truth: number): boolean =>
  interval === null || (interval[0] <= truth + tolerance / 2 && truth - tolerance / 2 <= interval[1]);

/** Whether the best source for a target is excluded, or a source is said to rank in the right direction although it does not. */
export function isChoosingFalse({ advice }: Analysis, truthOf: (source: string, target: string) => number): boolean {
  return advice.some(({ target, sources }) => {
    const known = sources.map((source) => ({ ...source, truth: truthOf(source.name, target) }));
    const most = Math.max(...known.map(({ truth }) => truth));
    const best = known.filter(({ truth }) => truth > most - tolerance);
    return (
      best.every(({ pValueBest }) => pValueBest !== null && pValueBest <= 0.05) ||
      known.some(({ inSet, truth }) => inSet && truth < -tolerance)
    );
  });
}

/** Whether a source is said to rank better or worse than the reference although it does not. */
export function isComparisonFalse(
  { comparisons }: Analysis,
  truthOf: (comparison: Analysis['comparisons'][number]) => number,
): boolean {
  return comparisons.some((of) => {
    if (of.verdict === 'undecided') return false;
    const truth = truthOf(of);
    return of.verdict === 'better' ? truth < tolerance / 2 : truth > -tolerance / 2;
  });
}

/** The true rank correlation of a source with a target minus that of the reference (dataset 0), on the networks that all three have. */
export const trueDifference = (truth: Truth, source: number, target: number): number =>
  truth(source, target, [0]) - truth(0, target, [source]);
