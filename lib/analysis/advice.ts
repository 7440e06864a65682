import type { AnalysisTable } from './analysis-table.ts';
import type { Column } from './columns.ts';
import type { DeclaredChoice } from './choices.ts';
import type { DatasetFacts } from './datasets.ts';
import { withInterval } from './figures/estimates.ts';
import { spearman } from './figures/ranks.ts';
import { groupBy } from './group-by.ts';
import type { Interval } from './intervals.ts';
import type { Proxy } from './proxies.ts';
import { estimate, meanOf, type Figure } from './resampling/figure.ts';
import type { Measurement } from './resampling/measurement.ts';

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

interface Declared {
  proxy: Proxy;
  /** Undefined for a size. */
  facts: DatasetFacts | undefined;
  rho: Figure;
  regret: Figure | undefined;
}

/** A proxy of a target, its values, of which lower ones are better, and the choices by it. */
export interface ProxyWithChoices {
  proxy: Proxy;
  column: Column;
  choices: readonly DeclaredChoice[];
}

/** Declares the advice for a target; the returned function gives it once measured. */
export function declareAdvice(
  measurement: Measurement,
  table: AnalysisTable,
  target: number,
  proxies: readonly ProxyWithChoices[],
): () => ProxyAdvice {
  const errors = table.errors[target]!;
  const declared = proxies.map(({ proxy, column, choices }): Declared => {
    const facts = table.facts.find(({ dataset }) => proxy.kind !== 'size' && dataset === proxy.name);
    const rho = spearman(measurement, measurement.sample(column, errors), column, errors);
    return { proxy, facts, rho, regret: choices.find(({ k }) => k === 1)?.regret };
  });
  return () => {
    const groups = [...groupBy(declared, sourceName).values()];
    const rhos = groups.map((members) => meanOf(members.map(({ rho }) => rho)));
    const best = sharesBest(rhos, table.replicates.resamples);
    const sources = groups.map((members, index): ProxySource => {
      const [{ proxy, facts }] = members as [Declared];
      const rho = rhos[index];
      const regret = meanOf(members.flatMap((member) => member.regret ?? []));
      const costs = members.map((member) => (member.facts === undefined ? 0 : member.facts.cost));
      return {
        kind: proxy.kind,
        name: sourceName(members[0]!),
        datasets: proxy.kind === 'size' ? [] : members.map((member) => member.proxy.name),
        classes: facts?.classes ?? null,
        n: Math.min(...members.map((member) => member.rho.n)),
        spearman: rho ? estimate(rho) : null,
        spearmanCi95: rho ? withInterval(rho, table).ci95 : null,
        probabilityBest: best[index]!,
        cost: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + cost!, 0) / costs.length,
        regret: regret ? estimate(regret) : null,
        regretCi95: regret ? withInterval(regret, table).ci95 : null,
      };
    });
    sources.sort((a, b) => (b.spearman ?? -Infinity) - (a.spearman ?? -Infinity));
    return { target: table.datasets[target]!, sources };
  };

  /** Draws of as many classes are one source. */
  function sourceName({ proxy, facts }: Declared): string {
    const classes = `${facts?.classes} class${facts?.classes === 1 ? '' : 'es'}`;
    if (proxy.kind === 'subset') return `${table.reference}, ${classes}`;
    if (proxy.kind === 'control') return `${table.reference}, as many images as ${classes}`;
    return proxy.name;
  }
}

/** Share of the resamples in which each figure is the largest; where several are, they share it. */
function sharesBest(figures: readonly (Figure | undefined)[], resamples: number): number[] {
  const shares = figures.map(() => 0);
  let decided = 0;
  for (let resample = 1; resample <= resamples; resample++) {
    const values = figures.map((figure) => figure?.values[resample] ?? NaN);
    const largest = values.reduce((most, value) => (value > most ? value : most), -Infinity);
    const winners = values.flatMap((value, index) => (value === largest ? [index] : []));
    if (winners.length > 0) decided++;
    for (const winner of winners) shares[winner]! += 1 / winners.length;
  }
  return shares.map((share) => (decided === 0 ? 0 : share / decided));
}
