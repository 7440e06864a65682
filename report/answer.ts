import type { Interval, SubsetComparison } from '../analysis/index.ts';
import { negated, negatedInterval } from './figures/size.ts';
import { counted, grouped, listed, percent, percentInterval, withInterval } from './format.ts';
import type { PageData } from './page-data.ts';
import { targetPairs, verdicts, weak } from './transfer-verdicts.ts';

/** A finding in one sentence, and the numbers that it rests on. */
export interface Finding {
  sentence: string;
  evidence: string[];
}

/** The answers to what a study asks, each with its uncertainty: whether rankings carry over, whether subsets help, what to use. */
export function answer(data: PageData): Finding[] {
  return [carryOver(data), ceiling(data), subsets(data), size(data), advice(data)].filter(
    (finding) => finding !== undefined,
  );
}

function carryOver(data: PageData): Finding {
  const { reference, architectures } = data;
  const pairs = targetPairs(data);
  if (pairs.length === 0)
    return {
      sentence: `There is no other dataset than ${reference}, so nothing can be said of whether its ranking carries over.`,
      evidence: [],
    };
  const { carries, reverses, vanishes, undecided } = verdicts(data);
  const parts = [
    { of: carries, words: 'carries over to' },
    { of: vanishes, words: `vanishes (|r| of at most ${weak}) on` },
    { of: reverses, words: 'is reversed on' },
    { of: undecided, words: 'cannot be told on' },
  ].filter(({ of }) => of.length > 0);
  return {
    sentence: `The ranking of ${counted(architectures.length, 'architecture')} on ${reference} ${listed(parts.map(({ of, words }) => `${words} ${of.length}`))} of ${counted(pairs.length, 'other dataset')}.`,
    evidence: parts.map(
      ({ of, words }) =>
        `${words} ${listed(of.map(({ b, pearson, pearsonCi95 }) => `${b}: r ${withInterval(pearson, pearsonCi95)}`))}`,
    ),
  };
}

function ceiling({ attenuation, reference, datasets }: PageData): Finding | undefined {
  const known = attenuation.filter(
    ({ a, b, noiseCeiling }) =>
      a === reference && noiseCeiling !== null && datasets.find(({ dataset }) => dataset === b)?.role === 'target',
  );
  if (known.length === 0) return undefined;
  const ceilings = known.map(({ noiseCeiling }) => noiseCeiling!);
  const [least, most] = [Math.min(...ceilings), Math.max(...ceilings)].map((value) => value.toFixed(2));
  return {
    sentence: `The noise of seeds alone lets no more than r = ${least === most ? least : `${least} to ${most}`} be seen.`,
    evidence: known.map(
      ({ b, noiseCeiling, pearsonCorrected, pearsonCorrectedCi95 }) =>
        `${b}: at most ${noiseCeiling!.toFixed(2)}, corrected for noise r ${withInterval(pearsonCorrected, pearsonCorrectedCi95)}`,
    ),
  };
}

function subsets({ subsets: all, reference }: PageData): Finding | undefined {
  if (all.length === 0) return undefined;
  const beyond = (side: (comparison: SubsetComparison) => Interval | null | undefined) => ({
    more: all.filter((of) => (side(of)?.[0] ?? 0) > 0),
    less: all.filter((of) => (side(of)?.[1] ?? 0) < 0),
    known: all.filter((of) => side(of) != null),
  });
  const gain = beyond((of) => of.differenceCi95);
  const control = beyond((of) => of.control?.differenceCi95);
  const named = (of: readonly SubsetComparison[]) =>
    listed(
      of.map(
        ({ target, classes, difference, differenceCi95 }) =>
          `${classes} classes for ${target} by ${withInterval(difference, differenceCi95)}`,
      ),
    );
  return {
    sentence: `Restricting ${reference} to fewer classes tells more of a target in ${gain.more.length}, and less in ${gain.less.length}, of ${counted(all.length, 'comparison')}${control.known.length === 0 ? '' : `; against controls of as many images, in ${control.more.length} and ${control.less.length} of ${control.known.length}`}.`,
    evidence: [
      ...(gain.more.length > 0 ? [`more: ${named(gain.more)}`] : []),
      ...(gain.less.length > 0 ? [`less: ${named(gain.less)}`] : []),
      ...(control.known.length === 0 ? ['there are no controls, so whether classes or images do it is open'] : []),
    ],
  };
}

function size(data: PageData): Finding | undefined {
  const compared = targetPairs(data).flatMap(({ b, spearman, spearmanCi95 }) => {
    const best = data.sizeBaselines
      .filter(({ dataset, spearman: rho }) => dataset === b && rho !== null)
      .map((of) => ({ ...of, rho: negated(of.spearman)!, interval: negatedInterval(of.spearmanCi95) }))
      .sort((x, y) => y.rho - x.rho)[0];
    return best === undefined || spearman === null ? [] : [{ b, spearman, spearmanCi95, best }];
  });
  if (compared.length === 0) return undefined;
  const better = compared.filter(({ spearman, best }) => best.rho > spearman);
  return {
    sentence: `Size alone, without any training, ranks architectures better than ${data.reference} does on ${better.length} of ${counted(compared.length, 'other dataset')}.`,
    evidence: compared.map(
      ({ b, spearman, spearmanCi95, best }) =>
        `${b}: ρ ${withInterval(best.rho, best.interval)} by ${best.measure}, ${withInterval(spearman, spearmanCi95)} by ${data.reference}`,
    ),
  };
}

function advice({ advice: all, reference }: PageData): Finding | undefined {
  const known = all.filter(({ sources }) => sources[0]?.spearman != null);
  if (known.length === 0) return undefined;
  const ofReference = known.filter(({ sources }) => sources[0]!.kind === 'reference').length;
  return {
    sentence: `To choose without training on the target, ${reference} itself is the best source for ${ofReference} of ${counted(known.length, 'other dataset')}.`,
    evidence: known.map(({ target, sources: [best] }) => {
      const { kind, name, spearman, spearmanCi95, probabilityBest, cost, regret, regretCi95 } = best!;
      const costs =
        cost === null || kind === 'reference'
          ? ''
          : cost === 0
            ? ', at no training'
            : `, at ${grouped(cost, 2)} times the cost of ${reference}`;
      const loses =
        regret === null
          ? ''
          : `; its best one loses ${percent(regret)}${regretCi95 === null ? '' : ` (${percentInterval(regretCi95)})`}`;
      return `${target}: ${kind === 'size' ? `more ${name}` : name}, ρ ${withInterval(spearman, spearmanCi95)}, the best of all with probability ${percent(probabilityBest, 0)}${costs}${loses}`;
    }),
  };
}
