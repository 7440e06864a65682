import type { Interval } from './intervals.ts';
import type { Proxy } from './proxies.ts';

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
  regretCi95: Interval | null;
  /** Share of the k chosen that are among the k best on the target, in [0, 1]; ties there count as among them. */
  precision: number;
  precisionCi95: Interval | null;
}
