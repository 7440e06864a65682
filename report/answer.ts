import type { SubsetComparison } from '../analysis/index.ts';
import { negated } from './figures/size.ts';
import { counted, grouped, listed, percent, percentInterval, signed, signedInterval, withInterval } from './format.ts';
import type { PageData } from './page-data.ts';
import { targetPairs, verdicts, weak } from './transfer-verdicts.ts';

/** The findings of a study in sentences, each with its uncertainty: whether rankings carry over, whether subsets help, what to use. */
export function answer(data: PageData): string[] {
  return [carryOver(data), ceiling(data), subsets(data), size(data), advice(data)].filter((text) => text !== '');
}

function carryOver(data: PageData): string {
  const { reference, architectures } = data;
  const pairs = targetPairs(data);
  if (pairs.length === 0)
    return `There is no other dataset than ${reference}, so nothing can be said of whether its ranking carries over.`;
  const { carries, reverses, vanishes, undecided } = verdicts(data);
  const named = (found: typeof pairs) =>
    listed(found.map(({ b, pearson, pearsonCi95 }) => `${b} (r ${signed(pearson)}, ${signedInterval(pearsonCi95)})`));
  const parts = [
    [carries, 'it carries over to'],
    [vanishes, `it vanishes (r within ±${weak}) on`],
    [reverses, 'it is reversed on'],
    [undecided, 'it cannot be told on'],
  ] as const;
  const found = parts
    .filter(([of]) => of.length > 0)
    .map(([of, words]) => `${words} ${of.length} of ${counted(pairs.length, 'target')}: ${named(of)}`);
  return `Of the ranking of ${counted(architectures.length, 'architecture')} by their error on ${reference}: ${found.join('; ')}. Intervals are 95 %, over architectures.`;
}

function ceiling({ attenuation, reference, datasets }: PageData): string {
  const known = attenuation.filter(
    ({ a, b, noiseCeiling }) =>
      a === reference && noiseCeiling !== null && datasets.find(({ dataset }) => dataset === b)?.role === 'target',
  );
  if (known.length === 0) return '';
  const parts = known.map(
    ({ b, noiseCeiling, pearsonCorrected, pearsonCorrectedCi95 }) =>
      `${b}: at most ${noiseCeiling!.toFixed(2)}, corrected r ${withInterval(pearsonCorrected, pearsonCorrectedCi95)}`,
  );
  return `The noise of seeds alone bounds what r can be seen (${parts.join('; ')}).`;
}

function subsets({ subsets: all, reference }: PageData): string {
  if (all.length === 0) return '';
  const beyond = (side: (comparison: SubsetComparison) => readonly [number, number] | null | undefined) => ({
    more: all.filter((of) => (side(of)?.[0] ?? 0) > 0),
    less: all.filter((of) => (side(of)?.[1] ?? 0) < 0),
    known: all.filter((of) => side(of) != null),
  });
  const gain = beyond((of) => of.differenceCi95);
  const names = (of: readonly SubsetComparison[]) =>
    listed(
      of.map(
        ({ target, classes, difference, differenceCi95 }) =>
          `${classes} classes for ${target} (${signed(difference)}, ${signedInterval(differenceCi95)})`,
      ),
    );
  const first = `Subsets of ${reference} with fewer classes tell more of a target than the whole of it in ${gain.more.length} of ${counted(all.length, 'comparison')}${gain.more.length > 0 ? `: ${names(gain.more)}` : ''}; they tell less in ${gain.less.length}${gain.less.length > 0 ? `: ${names(gain.less)}` : ''}; the rest cannot be told apart.`;
  const control = beyond((of) => of.control?.differenceCi95);
  if (control.known.length === 0) return first;
  return `${first} Against controls with as many images of all classes, fewer classes gain in ${control.more.length} and lose in ${control.less.length} of ${counted(control.known.length, 'comparison')}.`;
}

function size(data: PageData): string {
  const parts = targetPairs(data).flatMap(({ b, spearman }) => {
    const best = data.sizeBaselines
      .filter(({ dataset, spearman: rho }) => dataset === b && rho !== null)
      .map((of) => ({
        ...of,
        rho: negated(of.spearman)!,
        ci: of.spearmanCi95 && ([-of.spearmanCi95[1], -of.spearmanCi95[0]] as const),
      }))
      .sort((x, y) => y.rho - x.rho)[0];
    if (best === undefined || spearman === null) return [];
    return [
      `${b} ${withInterval(best.rho, best.ci)} by ${best.measure}, against ${signed(spearman)} by ${data.reference}`,
    ];
  });
  return parts.length === 0
    ? ''
    : `Size alone, without any training, ranks the architectures by ρ = ${parts.join('; ')}.`;
}

function advice({ advice: all, reference }: PageData): string {
  const parts = all.flatMap(({ target, sources }) => {
    const best = sources[0];
    if (best === undefined || best.spearman === null) return [];
    const what = best.kind === 'size' ? `simply more ${best.name}` : best.name;
    const lost =
      best.regret === null
        ? ''
        : `, losing ${percent(best.regret)}${best.regretCi95 === null ? '' : ` (${percentInterval(best.regretCi95)})`} by the best one`;
    const cost =
      best.cost === null || best.kind === 'reference'
        ? ''
        : best.cost === 0
          ? ', at no training'
          : `, at ${grouped(best.cost, 2)} times the cost of ${reference}`;
    return [
      `for ${target} ${what} (ρ ${withInterval(best.spearman, best.spearmanCi95)}, the best of all with probability ${percent(best.probabilityBest, 0)}${cost}${lost})`,
    ];
  });
  return parts.length === 0 ? '' : `To choose an architecture without training on the target, use ${parts.join('; ')}.`;
}
