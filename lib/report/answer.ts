import { groupBy } from '../analysis/group-by.ts';
import type { Interval, SubsetComparison } from '../analysis/index.ts';
import { negated, negatedInterval } from './figures/size.ts';
import {
  counted,
  listed,
  noneOr,
  percent,
  points,
  pointsInterval,
  threeDigits,
  withInterval,
} from './words/numbers.ts';
import type { PageData } from './page-data.ts';
import { nameOf, sourceName } from './titles.ts';
import { targetPairs, verdicts, weak } from './transfer-verdicts.ts';

/** A finding in a sentence or two, and the numbers that it rests on. */
export interface Finding {
  sentence: string;
  evidence: string[];
}

/** What a reader of the answers must know. */
export const legend =
  "r is Pearson's correlation of the errors of the architectures, ρ Spearman's; 95 % intervals are in brackets.";

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
    { of: carries, words: 'carries over to', note: '' },
    { of: vanishes, words: 'vanishes on', note: ` (|r| at most ${weak})` },
    { of: reverses, words: 'is reversed on', note: '' },
    { of: undecided, words: 'remains undecided on', note: '' },
  ].filter(({ of }) => of.length > 0);
  const [only] = pairs.length === 1 ? pairs : [];
  const amounts = parts.map(
    ({ of, words, note }, index) =>
      `${words} ${only?.b ?? (index === 0 ? amountOf(of.length, pairs.length) : of.length)}${note}`,
  );
  return {
    sentence: `The ranking of ${counted(architectures.length, 'architecture')} on ${reference} ${listed(amounts)}.`,
    evidence: parts.map(
      ({ of, words }) =>
        `${words} ${listed(of.map(({ b, pearson, pearsonCi95 }) => `${b}: r ${withInterval(pearson, pearsonCi95)}`))}`,
    ),
  };
}

/** E.g. "2 of 8 other datasets"; of more than one. */
const amountOf = (count: number, all: number): string =>
  count === 0
    ? `none of ${all} other datasets`
    : count === all
      ? `all ${all} other datasets`
      : `${count} of ${all} other datasets`;

function ceiling({ attenuation, reference, datasets }: PageData): Finding | undefined {
  const known = attenuation.filter(
    ({ a, b, noiseCeiling }) =>
      a === reference && noiseCeiling !== null && datasets.find(({ dataset }) => dataset === b)?.role === 'target',
  );
  if (known.length === 0) return undefined;
  const ceilings = known.map(({ noiseCeiling }) => noiseCeiling!);
  const [least, most] = [Math.min(...ceilings), Math.max(...ceilings)].map((value) => value.toFixed(2));
  return {
    sentence: `Errors vary from seed to seed, which alone keeps r from exceeding ${least === most ? least : `${least} to ${most}, depending on the dataset`}.`,
    evidence: known.map(
      ({ b, noiseCeiling, pearsonCorrected, pearsonCorrectedCi95 }) =>
        `${b}: at most ${noiseCeiling!.toFixed(2)}; corrected for this noise, r ${withInterval(pearsonCorrected, pearsonCorrectedCi95)}`,
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
  const change = ({ more, less }: { more: readonly unknown[]; less: readonly unknown[] }) =>
    more.length + less.length === 0
      ? 'changes r beyond its uncertainty in none'
      : `raises r in ${noneOr(more.length)} and lowers it in ${noneOr(less.length)}`;
  const gain = beyond((of) => of.differenceCi95);
  const control = beyond((of) => of.control?.differenceCi95);
  const named = (of: readonly SubsetComparison[]) =>
    [...groupBy(of, ({ target }) => target)]
      .map(
        ([target, comparisons]) =>
          `${target} with ${listed(comparisons.map(({ classes, difference, differenceCi95 }) => `${counted(classes, 'class', 'classes')} by ${withInterval(difference, differenceCi95)}`))}`,
      )
      .join('; ');
  const against =
    control.known.length === 0
      ? ''
      : ` Against as many images of all its classes, r is higher in ${noneOr(control.more.length)} and lower in ${noneOr(control.less.length)} of ${control.known.length}.`;
  return {
    sentence: `Of ${counted(all.length, 'comparison')}, each of one target and one number of classes, restricting ${reference} to fewer classes ${change(gain)}.${against}`,
    evidence: [
      ...(gain.more.length > 0 ? [`raised: ${named(gain.more)}`] : []),
      ...(gain.less.length > 0 ? [`lowered: ${named(gain.less)}`] : []),
      ...(control.known.length === 0
        ? ['there are no controls with as many images of all classes, so it is open whether classes or images do it']
        : []),
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
  const better = compared.filter(({ spearman, best }) => best.rho > spearman).length;
  const [only] = compared.length === 1 ? compared : [];
  const where =
    only === undefined
      ? `ranks architectures better than ${data.reference} does on ${amountOf(better, compared.length)}`
      : better === 1
        ? `ranks architectures better than ${data.reference} does on ${only.b}`
        : `ranks architectures on ${only.b} no better than ${data.reference} does`;
  return {
    sentence: `Size alone, without any training, ${where}.`,
    evidence: compared.map(
      ({ b, spearman, spearmanCi95, best }) =>
        `${b}: ρ ${withInterval(best.rho, best.interval)} by ${nameOf(data, best.measure)}, the best measure of size; ${withInterval(spearman, spearmanCi95)} by ${data.reference}`,
    ),
  };
}

function advice(data: PageData): Finding | undefined {
  const { reference } = data;
  const known = data.advice.filter(({ sources }) => sources[0]?.spearman != null);
  if (known.length === 0) return undefined;
  const ofReference = known.filter(({ sources }) => sources[0]!.kind === 'reference').length;
  const [only] = known.length === 1 ? known : [];
  return {
    sentence:
      only === undefined
        ? `Where nothing is trained on the target itself, ranking architectures by ${reference} is the best choice for ${amountOf(ofReference, known.length)}.`
        : `Where nothing is trained on ${only.target} itself, the best choice is to rank architectures by ${sourceName(data, only.sources[0]!)}.`,
    evidence: known.map(({ target, sources: [best] }) => {
      const { kind, spearman, spearmanCi95, probabilityBest, cost, regret, regretCi95 } = best!;
      const costs =
        cost === null || kind === 'reference'
          ? ''
          : cost === 0
            ? ', without training'
            : `, at ${threeDigits(cost)} times the cost of ${reference}`;
      const loses =
        regret === null
          ? ''
          : `; the architecture that it ranks first loses ${points(regret)} percentage points${regretCi95 === null ? '' : ` (${pointsInterval(regretCi95)})`} of error`;
      return `${target}: ${sourceName(data, best!)}, ρ ${withInterval(spearman, spearmanCi95)}, the best of all sources with a probability of ${percent(probabilityBest, 0)}${costs}${loses}`;
    }),
  };
}
