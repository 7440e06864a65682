import type { Interval } from './intervals.ts';
import type { Proxy } from './proxies.ts';

/** Which source ranks architectures best for a target, how sure that is, and what it costs and loses. */
export interface ProxyAdvice {
  target: string;
  /** From the best to the worst by Spearman's rho; those without one last. */
  sources: ProxySource[];
}

export interface ProxySource {
  kind: Proxy['kind'];
  /** E.g. `imagenet`, `imagenet, 10 classes` or `params`. */
  name: string;
  /** Its datasets, e.g. all draws of 10 classes, over which figures are means; none for a size. */
  datasets: string[];
  /** Classes of a subset, or of the subset that a control is of. */
  classes: number | null;
  /** Architectures; the fewest of its datasets. */
  n: number;
  /** Spearman's rho with the target's errors, of a size with its sign turned: positive is useful for every source. */
  spearman: number | null;
  spearmanCi95: Interval | null;
  /** Share of the resamples in which it is the best of all sources. */
  probabilityBest: number;
  /** Training operations for one architecture relative to the reference; 0 for a size, null where the table does not tell. */
  cost: number | null;
  /** Target error lost by taking the one architecture that is best by it, against choosing on the target itself. */
  regret: number | null;
  regretCi95: Interval | null;
}
