import type { PairCorrelation } from '../analysis/index.ts';
import type { PageData } from './page-data.ts';
import { referencePairs } from './figures/transfer.ts';

/**
 * What happens to the reference's ranking on a target, by the 95 % interval of Pearson's r: it `carries` over where the interval
 * is above 0, `reverses` where it is below, `vanishes` where it contains 0 and nothing beyond +-0.3, and is `undecided` where it
 * contains 0 and more than that.
 */
export type Verdict = 'carries' | 'reverses' | 'vanishes' | 'undecided';

/** |r| up to which a correlation is called weak: it explains less than a tenth of the variance. */
export const weak = 0.3;

export function verdictOf({ pearsonCi95 }: Pick<PairCorrelation, 'pearsonCi95'>): Verdict {
  if (pearsonCi95 === null) return 'undecided';
  const [low, high] = pearsonCi95;
  if (low > 0) return 'carries';
  if (high < 0) return 'reverses';
  return low >= -weak && high <= weak ? 'vanishes' : 'undecided';
}

/** The correlations of the reference with those datasets that are no part of it. */
export function targetPairs(data: PageData): PairCorrelation[] {
  const targets = new Set(data.datasets.filter(({ role }) => role === 'target').map(({ dataset }) => dataset));
  return referencePairs(data).filter(({ b }) => targets.has(b));
}

/** Targets by what happens to the ranking on them. */
export function verdicts(data: PageData): Record<Verdict, PairCorrelation[]> {
  const found: Record<Verdict, PairCorrelation[]> = { carries: [], reverses: [], vanishes: [], undecided: [] };
  for (const pair of targetPairs(data)) found[verdictOf(pair)].push(pair);
  return found;
}
