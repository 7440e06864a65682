import { spearman } from '../coefficients/ranks.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { reportLevel } from '../inference/levels.ts';
import { notExcludedAsBest, simultaneous } from '../inference/simultaneous.ts';
import { sideOf } from '../inference/verdict.ts';
import { meanOf, valueOf, type Estimate } from '../resampling/estimate.ts';
import { ofAll } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import { restricted } from '../table/vectors.ts';
import { declareRegret } from './choices.ts';
import { isTarget, proxiesOf, type Proxy, type ProxyVector } from './proxies.ts';

/** Advice on the source that best ranks architectures for a target on which nothing is trained. */
export interface ProxyAdvice {
  target: string;
  /** Architectures with an error on the target and a value of every source. */
  n: number;
  /**
   * `one`: a single source may be the best and is known to rank in the right direction; `several`: such sources cannot be told apart;
   * `nothing`: no source of the table is shown to predict the target.
   */
  verdict: 'one' | 'several' | 'nothing';
  /** The cheapest of those sources, or if costs are unknown the one with the largest rho; null if there is none. */
  advised: string | null;
  /** From best to worst by Spearman's rho; those without one last. */
  sources: ProxySource[];
}

export interface ProxySource {
  kind: Proxy['kind'];
  /** E.g. `imagenet`, `imagenet, 10 classes` or `params`. */
  name: string;
  /** Its datasets, e.g. all draws of 10 classes, whose mean the figures are; none for a size. */
  datasets: string[];
  /** Number of classes of a subset, or of the subset that a control belongs to. */
  classes: number | null;
  /** Spearman's rho with the target's errors, with the opposite sign for a size: for every source, positive is useful. */
  spearman: number | null;
  /** Simultaneous over all sources of all targets, and the other questions of the report. */
  spearmanCi95: Interval | null;
  /** Distance of its rho below that of the best source. */
  behindBest: number | null;
  /** Of the hypothesis that no source is better, with the best one chosen anew in each resample; corrected over targets and questions. */
  pValueBest: number | null;
  /** Whether the data do not exclude that it is the best, and its interval lies above 0. */
  inSet: boolean;
  /** Training operations for one architecture relative to the reference; 0 for a size, null if unknown. */
  cost: number | null;
  /** Target error lost by taking the architecture that is best by this source: as in `Choice`. */
  regret: number | null;
  regretCi95: Interval | null;
}

type SourcePart = Pick<ProxySource, 'kind' | 'name' | 'datasets' | 'classes' | 'cost'> & {
  rho: Estimate | undefined;
  regret: { value: number | null; ci95: Interval | null };
};

export interface Part {
  target: string;
  n: number;
  sources: (SourcePart & Pick<ProxySource, 'pValueBest'>)[];
}

/**
 * Half of the question's level: the intervals take one half, the choice of the best sources the other. If there is only one source, it is
 * the reference, and the level is that of the question about its ranking.
 */
const levelOf = ({ levels }: Pick<AnalysisTable, 'levels'>) => (levels.choosing ?? levels.ranking ?? reportLevel) / 2;

export const advice = ofAll(
  'target',
  (measurement, table, target) => {
    if (!isTarget(table, target)) return () => [];
    const errors = table.errors[target]!;
    const proxies = proxiesOf(table, target).filter(({ vector }) => new Set(vector.filter(isKnown)).size > 1);
    const complete = restricted(
      errors,
      proxies.map(({ vector }) => vector),
    );
    const groups = new Map<string, ProxyVector[]>();
    for (const proxy of proxies) {
      const name = sourceName(proxy, table);
      groups.set(name, [...(groups.get(name) ?? []), proxy]);
    }
    const sample = measurement.sample(complete);
    const declared = [...groups].map(([name, members]) => ({
      name,
      members,
      rhos: members.map(({ vector }) => spearman(measurement, sample, vector, errors)),
      regrets: members.flatMap(
        ({ vector }) => declareRegret(measurement, vector, complete, table.seedErrors[target]!) ?? [],
      ),
    }));
    const targets = table.facts.filter(({ role }) => role === 'target').length;
    return (): Part[] => {
      const sources = declared.map(({ name, members, rhos, regrets }): SourcePart => {
        const [{ proxy, facts }] = members as [ProxyVector];
        const costs = members.map((member) => (member.facts === undefined ? 0 : member.facts.cost));
        const regret = meanOf(regrets);
        return {
          kind: proxy.kind,
          name,
          datasets: proxy.kind === 'size' ? [] : members.map((member) => member.proxy.name),
          classes: facts?.classes ?? null,
          cost: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + cost!, 0) / costs.length,
          rho: meanOf(rhos),
          regret: regret === undefined ? { value: null, ci95: null } : withInterval(regret, table),
        };
      });
      const known = sources.flatMap(({ rho }) => rho ?? []);
      const pValues = notExcludedAsBest(known, table.replicates, levelOf(table) / targets);
      const found = sources.map((source) => ({
        ...source,
        pValueBest: source.rho === undefined ? null : pValues[known.indexOf(source.rho)]!,
      }));
      return [{ target: table.datasets[target]!, n: sample.rows.length, sources: found }];
    };
  },
  (parts: Part[], table): ProxyAdvice[] => {
    const rhos = parts.flatMap(({ sources }) => sources.flatMap(({ rho }) => rho ?? []));
    const tests = simultaneous(
      rhos.map((estimate) => ({ estimate })),
      table.replicates,
      'correlation',
      levelOf(table),
    );
    const intervalOf = (rho: Estimate | undefined) => (rho === undefined ? null : tests[rhos.indexOf(rho)]!.interval);
    return parts.map(({ target, n, sources }) => {
      const most = Math.max(...sources.flatMap(({ rho }) => (rho === undefined ? [] : valueOf(rho)!)));
      const found = sources.map(({ rho, regret, pValueBest, ...source }): ProxySource => {
        const value = rho === undefined ? null : valueOf(rho);
        const interval = intervalOf(rho);
        return {
          ...source,
          spearman: value,
          spearmanCi95: interval,
          behindBest: value === null ? null : most - value,
          pValueBest,
          inSet: sideOf(interval) > 0 && pValueBest !== null && pValueBest > 0.05,
          regret: regret.value,
          regretCi95: regret.ci95,
        };
      });
      found.sort((a, b) => (b.spearman ?? -Infinity) - (a.spearman ?? -Infinity));
      const set = found.filter(({ inSet }) => inSet);
      const cheapest = [...set].sort((a, b) => (a.cost ?? Infinity) - (b.cost ?? Infinity) || 0);
      return {
        target,
        n,
        verdict: set.length === 0 ? 'nothing' : set.length === 1 ? 'one' : 'several',
        advised: (set.some(({ cost }) => cost !== null) ? cheapest : set)[0]?.name ?? null,
        sources: found,
      };
    });
  },
);

const isKnown = (value: number) => !Number.isNaN(value);

/** Returns the name of a proxy's source; all draws of a number of classes are one source. */
function sourceName({ proxy, facts }: ProxyVector, { reference }: AnalysisTable): string {
  const classes = `${facts?.classes} class${facts?.classes === 1 ? '' : 'es'}`;
  if (proxy.kind === 'subset') return `${reference}, ${classes}`;
  if (proxy.kind === 'control') return `${reference}, as many images as ${classes}`;
  return proxy.name;
}
