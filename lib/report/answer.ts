import { groupBy } from '../analysis/group-by.ts';
import type { SubsetComparison, TargetAnalysis } from '../analysis/index.ts';
import {
  counted,
  listed,
  noneOr,
  percent,
  points,
  pointsInterval,
  grouped,
  signed,
  withInterval,
} from './words/numbers.ts';
import type { PageData } from './page-data.ts';
import { nameOf, sourceName } from './titles.ts';
import { targetVerdicts, verdictWords } from './transfer-verdicts.ts';

/** A finding in a sentence or two, and the numbers that it rests on. */
export interface Finding {
  sentence: string;
  evidence: string[];
}

/** What a reader of the answers must know. */
export const legend =
  "r is Pearson's correlation of the errors of the architectures, ρ Spearman's; 95 % intervals are in brackets. Verdicts are made by ρ, with intervals that hold for all targets together.";

/** The answers to what a study asks, each with its uncertainty: whether rankings carry over, whether subsets help, what to use. */
export function answer(data: PageData): Finding[] {
  return [carryOver(data), ceiling(data), subsets(data), size(data), advice(data)].filter(
    (finding) => finding !== undefined,
  );
}

function carryOver(data: PageData): Finding {
  const { reference, architectures } = data;
  const found = targetVerdicts(data);
  if (found.length === 0)
    return {
      sentence: `There is no other dataset than ${reference}, so nothing can be said of whether its ranking holds.`,
      evidence: [],
    };
  const groups = [...groupBy(found, verdictWords)].sort(([, a], [, b]) => order(a) - order(b));
  const [only] = found.length === 1 ? found : [];
  const amounts = groups.map(
    ([words, of], index) => `${words} ${only?.target ?? (index === 0 ? amountOf(of.length, found.length) : of.length)}`,
  );
  return {
    sentence: `The ranking of ${counted(architectures.length, 'architecture')} on ${reference} ${listed(amounts)}.`,
    evidence: groups.map(([words, of]) => `${words} ${listed(of.map(evidenceOf))}`),
  };
}

const verdictOrder = ['holds', 'weak', 'gone', 'reversed', 'undecided'];
const order = ([first]: readonly TargetAnalysis[]) => verdictOrder.indexOf(first!.verdict);

function evidenceOf({ target, spearman, verdictCi95, architecturesNeeded, ...of }: TargetAnalysis): string {
  const needed =
    architecturesNeeded === null ? '' : `, about ${grouped(architecturesNeeded)} architectures would decide it`;
  const pearson = of.pearsonDisagrees
    ? `; Pearson's r is ${signed(of.pearson)}${of.pearsonMadeBy.length === 0 ? '' : `, which ${listed(of.pearsonMadeBy)} make`}`
    : '';
  return `${target}: ρ ${withInterval(spearman, verdictCi95)}${needed}${pearson}`;
}

/** E.g. "2 of 8 other datasets"; of more than one. */
const amountOf = (count: number, all: number): string =>
  all === 1 && count === 1
    ? 'the only other dataset'
    : count === 0
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
    sentence: `Errors vary from seed to seed, which alone keeps r from exceeding about ${least === most ? least : `${least} to ${most}, depending on the dataset`}.`,
    evidence: known.map(
      ({ b, noiseCeiling, noiseCeilingCi95, noiseCeilingOfBest, noiseCeilingOfBestCi95 }) =>
        `${b}: at most ${withInterval(noiseCeiling, noiseCeilingCi95)}; among the best third ${withInterval(noiseCeilingOfBest, noiseCeilingOfBestCi95)}`,
    ),
  };
}

function subsets({ subsets: all, reference }: PageData): Finding | undefined {
  if (all.length === 0) return undefined;
  const [more, less] = (['higher', 'lower'] as const).map((verdict) => all.filter((of) => of.verdict === verdict));
  const change =
    more!.length + less!.length === 0
      ? 'is not shown to change ρ in any'
      : `raises ρ in ${noneOr(more!.length)} and lowers it in ${noneOr(less!.length)}`;
  const named = (of: readonly SubsetComparison[]) =>
    [...groupBy(of, ({ target }) => target)]
      .map(
        ([target, comparisons]) =>
          `${target} with ${listed(comparisons.map(({ classes, difference, differenceCi95, isOfThisDraw, control }) => `${counted(classes, 'class', 'classes')}${isOfThisDraw ? ' (this draw)' : ''} by ${withInterval(difference, differenceCi95)}${control?.explained == null ? '' : `, of which fewer images explain ${percent(control.explained, 0)}`}`))}`,
      )
      .join('; ');
  const controls = all.flatMap(({ control }) => control ?? []);
  const against =
    controls.length === 0
      ? ''
      : ` Against as many images of all its classes, ρ is shown to be higher in ${noneOr(controls.filter(({ verdict }) => verdict === 'higher').length)} and lower in ${noneOr(controls.filter(({ verdict }) => verdict === 'lower').length)} of ${controls.length}.`;
  return {
    sentence: `Of ${counted(all.length, 'comparison')}, each of one target and one number of classes, restricting ${reference} to fewer classes ${change}.${against}`,
    evidence: [
      ...(more!.length > 0 ? [`raised: ${named(more!)}`] : []),
      ...(less!.length > 0 ? [`lowered: ${named(less!)}`] : []),
      ...(controls.length === 0
        ? ['there are no controls with as many images of all classes, so it is open whether classes or images do it']
        : []),
    ],
  };
}

function size(data: PageData): Finding | undefined {
  const { reference } = data;
  const compared = data.comparisons.filter(({ kind, difference }) => kind === 'size' && difference !== null);
  if (compared.length === 0) return undefined;
  const targets = new Set(compared.map(({ target }) => target)).size;
  const shown = (verdict: 'better' | 'worse') => compared.filter((of) => of.verdict === verdict);
  const [better, worse] = [shown('better'), shown('worse')];
  const amount = (of: typeof compared) => amountOf(new Set(of.map(({ target }) => target)).size, targets);
  const parts = [
    ...(better.length > 0 ? [`better than ${reference} does on ${amount(better)}`] : []),
    ...(worse.length > 0 ? [`worse on ${amount(worse)} by one measure of size at least`] : []),
  ];
  return {
    sentence:
      parts.length === 0
        ? `Size alone, without any training, is not shown to rank architectures better or worse than ${reference} does.`
        : `Size alone, without any training, ranks architectures ${listed(parts)}.`,
    evidence: [...better, ...worse].map(
      ({ target, proxy, proxySpearman, referenceSpearman, difference, differenceCi95 }) =>
        `${target}: more ${nameOf(data, proxy)} ρ ${signed(proxySpearman)}, ${reference} ${signed(referenceSpearman)}, difference ${withInterval(difference, differenceCi95)}`,
    ),
  };
}

function advice(data: PageData): Finding | undefined {
  const known = data.advice.filter(({ sources }) => sources.length > 0);
  if (known.length === 0) return undefined;
  const none = known.filter(({ verdict }) => verdict === 'nothing').length;
  return {
    sentence:
      none === known.length
        ? `Nothing tried here is shown to predict ${known.length === 1 ? known[0]!.target : 'any of the other datasets'}.`
        : `Without training on the target itself, architectures can be ranked by a source tried here for ${amountOf(known.length - none, known.length)}.`,
    evidence: known.map(({ target, verdict, advised, sources }) => {
      if (verdict === 'nothing') return `${target}: nothing tried here is shown to predict it`;
      const { kind, name, spearman, spearmanCi95, regret, regretCi95 } = sources.find(
        ({ name: of }) => of === advised,
      )!;
      const others = sources.filter(({ inSet }) => inSet).length - 1;
      const loses =
        regret === null
          ? ''
          : `; the architecture that it ranks first loses ${points(regret)} percentage points${regretCi95 === null ? '' : ` (${pointsInterval(regretCi95)})`} of error`;
      return `${target}: ${sourceName(data, { kind, name })}, ρ ${withInterval(spearman, spearmanCi95)}${others === 0 ? '' : `, the cheapest of ${others + 1} that cannot be told from the best`}${loses}`;
    }),
  };
}
