import type { Interval } from './intervals.ts';

/**
 * What happens to a ranking on another dataset, by a simultaneous 95 % interval of Spearman's rho: it `holds` if the interval lies above
 * 0.3, is `reversed` if it lies below -0.3, `gone` if it lies within +-0.3 (a test of equivalence, as in Schuirmann 1987), and `weak` if
 * it excludes 0 without any of these: the direction is known, the strength is not. Otherwise it is `undecided`.
 */
export type Verdict = 'holds' | 'weak' | 'gone' | 'reversed' | 'undecided';

/** |rho| up to which a rank correlation is called weak: it explains less than a tenth of the variance of the ranks. */
export const weakCorrelation = 0.3;

/** With fewer independent networks than this there are no intervals and no conclusions. */
export const fewestUnits = 6;

export function verdictOf(interval: Interval | null): Verdict {
  if (interval === null) return 'undecided';
  const [low, high] = interval;
  if (low > weakCorrelation) return 'holds';
  if (high < -weakCorrelation) return 'reversed';
  if (low >= -weakCorrelation && high <= weakCorrelation) return 'gone';
  return low > 0 || high < 0 ? 'weak' : 'undecided';
}

/** Returns the side of 0 that an interval lies on; 0 if it contains 0 or is null. */
export const sideOf = (interval: Interval | null): -1 | 0 | 1 =>
  interval === null ? 0 : interval[0] > 0 ? 1 : interval[1] < 0 ? -1 : 0;
