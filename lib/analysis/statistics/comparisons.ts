import { pearson } from '../coefficients/moments.ts';
import { spearman } from '../coefficients/ranks.ts';
import { errorOfDifference } from '../inference/dependent-correlations.ts';
import type { Interval } from '../inference/intervals.ts';
import { reportLevel } from '../inference/levels.ts';
import { deviation, simultaneous } from '../inference/simultaneous.ts';
import { sideOf } from '../inference/verdict.ts';
import { difference, valueOf, type Estimate } from '../resampling/estimate.ts';
import { ofAll } from '../statistic.ts';
import { isTarget, proxiesOf, type Proxy } from './proxies.ts';

/**
 * Whether another dataset, or a measure of size, ranks architectures for a target better than the reference does: a test of two
 * dependent rank correlations over the architectures that have all three values.
 */
export interface ProxyComparison {
  target: string;
  kind: Proxy['kind'];
  proxy: string;
  /** Architectures with values for target, proxy and reference. */
  n: number;
  /** Spearman's rho with the target's errors over these architectures; with the opposite sign for a size. */
  proxySpearman: number | null;
  referenceSpearman: number | null;
  /** rho(proxy, target) - rho(reference, target). */
  difference: number | null;
  /** Simultaneous over all comparisons, and the other questions of the report. */
  differenceCi95: Interval | null;
  pValue: number | null;
  pValueCorrected: number | null;
  /** `better` or `worse` than the reference if the interval excludes 0. */
  verdict: 'better' | 'worse' | 'undecided';
  /**
   * Number of architectures with which a difference of 0.1 would be found in four of five studies, at 5 % for this comparison alone, as the
   * bootstrap's standard error falls with the square root of that number.
   */
  architecturesNeeded: number | null;
  /** Pearson's r over the same architectures, for comparison. */
  proxyPearson: number | null;
  referencePearson: number | null;
  pearsonDifference: number | null;
}

/** The difference for which `architecturesNeeded` is computed. */
const smallestDifference = 0.1;

/** Smallest detectable difference in standard errors: 5 % two-sided, with a power of 80 %. */
const detectable = 1.959964 + 0.841621;

export type Part = Pick<ProxyComparison, 'target' | 'kind' | 'proxy' | 'n'> & {
  rhos: readonly [proxy: Estimate, reference: Estimate];
  /** Rank correlation of proxy and reference. */
  between: number | null;
  rs: readonly [proxy: number | null, reference: number | null];
};

export const comparisons = ofAll(
  'target',
  (measurement, table, target) => {
    if (!isTarget(table, target)) return () => [];
    const [reference, errors] = [table.errors[0]!, table.errors[target]!];
    const declared = proxiesOf(table, target)
      .filter(({ proxy }) => proxy.kind !== 'reference')
      .map(({ proxy: { kind, name }, vector }) => {
        const sample = measurement.sample(reference, vector, errors);
        const of = (coefficient: typeof pearson) =>
          [vector, reference].map((own) => coefficient(measurement, sample, own, errors)) as [Estimate, Estimate];
        const part = { target: table.datasets[target]!, kind, proxy: name, n: sample.rows.length };
        const rhoBetween = spearman(measurement, sample, vector, reference);
        return { ...part, rhos: of(spearman), rhoBetween, pearsons: of(pearson) };
      });
    return () =>
      declared.map(({ pearsons: [own, other], rhoBetween, ...part }): Part => ({
        ...part,
        between: valueOf(rhoBetween),
        rs: [valueOf(own), valueOf(other)],
      }));
  },
  (parts: Part[], { replicates, levels }): ProxyComparison[] => {
    const differences = parts.map(({ rhos }) => difference(...rhos));
    const tests = simultaneous(
      differences.map((estimate, index) => ({ estimate, leastError: leastErrorOf(parts[index]!, estimate.n) })),
      replicates,
      'difference',
      levels.comparisons ?? reportLevel,
    );
    return parts.map(({ rhos, rs, target, kind, proxy, n }, index) => {
      const gained = differences[index]!;
      const { interval, pValue, pValueCorrected } = tests[index]!;
      const error = deviation(gained.values.subarray(1, 1 + replicates.resamples));
      const needed = Math.ceil(n * ((detectable * error) / smallestDifference) ** 2);
      return {
        target,
        kind,
        proxy,
        n,
        proxySpearman: valueOf(rhos[0]),
        referenceSpearman: valueOf(rhos[1]),
        difference: valueOf(gained),
        differenceCi95: interval,
        pValue,
        pValueCorrected,
        verdict: (['worse', 'undecided', 'better'] as const)[1 + sideOf(interval)]!,
        architecturesNeeded: interval === null || error === 0 ? null : Math.max(3, needed),
        proxyPearson: rs[0],
        referencePearson: rs[1],
        pearsonDifference: rs[0] === null || rs[1] === null ? null : rs[0] - rs[1],
      };
    });
  },
);

/** Returns 0 if a correlation is undefined, as the difference then is, too. */
function leastErrorOf({ rhos, between }: Part, n: number): number {
  const [own, other] = [valueOf(rhos[0]), valueOf(rhos[1])];
  return own === null || other === null || between === null ? 0 : errorOfDifference(own, other, between, n);
}
