import type { Interval } from './intervals.ts';

/**
 * Whether a dataset is a better or a worse proxy of a target than the reference: a test of two dependent correlations, by the
 * paired bootstrap over the architectures that have all three errors.
 */
export interface ProxyComparison {
  target: string;
  proxy: string;
  /** Architectures with an error on the target, the proxy and the reference. */
  n: number;
  /** Over these architectures. */
  proxyPearson: number | null;
  referencePearson: number | null;
  /** r(proxy, target) - r(reference, target): positive where the proxy tells more of the same sign. */
  pearsonDifference: number | null;
  pearsonDifferenceCi95: Interval | null;
  /** Two-sided: the level at which the interval of the difference begins to contain 0. */
  pValue: number | null;
  /** Corrected over the proxies of this target. */
  pValueHolm: number | null;
  spearmanDifference: number | null;
  spearmanDifferenceCi95: Interval | null;
  /**
   * Architectures with which a difference as large as the one found would be told from 0 at 5 % in four of five studies
   * (bootstrap projection: the standard error falls with the square root of their number); null where none was found.
   */
  architecturesNeeded: number | null;
  /**
   * Seeds an architecture, with as many architectures as now, for the same; null where no number up to 100 would do, or the noise
   * of seeds is unknown.
   */
  seedsNeeded: number | null;
}
