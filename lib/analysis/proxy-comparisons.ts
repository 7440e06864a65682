import type { AnalysisTable } from './analysis-table.ts';
import { holm } from './corrections.ts';
import { withInterval } from './figures/estimates.ts';
import { pearson } from './figures/moments.ts';
import { spearman } from './figures/ranks.ts';
import { bootstrapPValue, standardError, type Interval } from './intervals.ts';
import { declareReliability, seedNoise } from './noise.ts';
import { seedsNeeded } from './projection.ts';
import { difference, estimate } from './resampling/figure.ts';
import type { Measurement } from './resampling/measurement.ts';

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

/** Standard errors that a difference must exceed: 5 % two-sided, with a power of 80 %. */
const detectable = 1.959964 + 0.841621;

/** Declares the comparisons of every other dataset with the reference; the returned function gives them once measured. */
export function declareComparisons(
  measurement: Measurement,
  table: AnalysisTable,
  target: number,
): () => ProxyComparison[] {
  const { errors, datasets } = table;
  const [reference, y] = [errors[0]!, errors[target]!];
  const declared = datasets.flatMap((_, proxy) => {
    if (proxy === 0 || proxy === target) return [];
    const x = errors[proxy]!;
    const sample = measurement.sample(reference, x, y);
    const between = (of: typeof pearson) =>
      [of(measurement, sample, x, y), of(measurement, sample, reference, y)] as const;
    const proxyReference = pearson(measurement, sample, x, reference);
    return [{ proxy, sample, pearsons: between(pearson), spearmans: between(spearman), proxyReference }];
  });
  const repeated = datasets.map((_, dataset) => declareReliability(measurement, table, dataset));
  return () => {
    const noise = repeated.map((reliability) => reliability && seedNoise(reliability));
    const comparisons = declared.map(({ proxy, sample, pearsons, spearmans, proxyReference }) => {
      const gained = difference(...pearsons);
      const ranked = withInterval(difference(...spearmans), table);
      const { value, ci95 } = withInterval(gained, table);
      const n = sample.rows.length;
      const error = standardError(gained, table.replicates);
      const needed = value === null || value === 0 ? NaN : Math.ceil(n * ((detectable * error) / value) ** 2);
      const found = {
        proxy: estimate(pearsons[0]),
        reference: estimate(pearsons[1]),
        between: estimate(proxyReference),
      };
      return {
        target: datasets[target]!,
        proxy: datasets[proxy]!,
        n,
        proxyPearson: found.proxy,
        referencePearson: found.reference,
        pearsonDifference: value,
        pearsonDifferenceCi95: ci95,
        pValue: bootstrapPValue(gained, table.replicates, table.intervals),
        pValueHolm: null,
        spearmanDifference: ranked.value,
        spearmanDifferenceCi95: ranked.ci95,
        architecturesNeeded: Number.isFinite(needed) ? Math.max(3, needed) : null,
        seedsNeeded: seedsNeeded(found, error, detectable, noise[proxy], noise[0], noise[target]),
      };
    });
    const corrected = holm(comparisons.map(({ pValue }) => pValue));
    return comparisons.map((comparison, index) => ({ ...comparison, pValueHolm: corrected[index]! }));
  };
}
