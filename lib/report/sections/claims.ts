import { escape } from '../html.ts';
import { counted, listed, noneOr, withInterval } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { isPart } from '../parts.ts';
import { titleOf } from '../titles.ts';
import { targetPairs, verdicts } from '../transfer-verdicts.ts';
import { section, type Section } from './section.ts';

/** The claims of the paper in its order, each with what this study finds. */
export function claimsSection(data: PageData): Section {
  return section(
    'claims',
    "The paper's claims, one by one",
    '<p>What Tuggener, Schmidhuber and Stadelmann (2022) found on their datasets, and what these results say of it.</p>',
    `<dl>${[
      claim('Performance depends strongly on the dataset.', dependence(data), ['carry-over', 'all-pairs']),
      claim('On some datasets errors correlate negatively with those on ImageNet.', negative(data), ['carry-over']),
      claim(
        'Cumulative width and total depth tell what a dataset needs.',
        indicators(data),
        data.effects.length > 0 ? ['structure'] : [],
      ),
      claim(
        'Subsets of ImageNet with fewer classes raise the correlation.',
        subsets(data),
        data.subsets.length > 0 ? ['subsets'] : [],
      ),
    ].join('\n')}</dl>`,
  );
}

/** A claim with what is found of it, and the sections that show it. */
function claim(of: string, found: string, sections: readonly string[]): string {
  const links = sections.map((id) => `<a href="#${id}">${sectionWords[id]}</a>`);
  return `<dt>${escape(of)}<dd>${escape(found)}${links.length === 0 ? '' : ` See ${listed(links)}.`}`;
}

const sectionWords: Record<string, string> = {
  'carry-over': 'whether the ranking carries over',
  'all-pairs': 'all pairs of datasets',
  structure: 'what in an architecture goes with its error',
  subsets: 'whether a reference with fewer classes tells more',
};

function dependence(data: PageData): string {
  const pairs = targetPairs(data).filter(({ pearson }) => pearson !== null);
  if (pairs.length === 0) return 'It cannot be told: there is no target.';
  const sorted = [...pairs].sort((a, b) => a.pearson! - b.pearson!);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  return pairs.length === 1
    ? `r with ${data.reference} is ${withInterval(least.pearson, least.pearsonCi95)} on ${least.b}.`
    : `r with ${data.reference} lies between ${withInterval(least.pearson, least.pearsonCi95)} on ${least.b} and ${withInterval(most.pearson, most.pearsonCi95)} on ${most.b}.`;
}

function negative(data: PageData): string {
  const { reverses } = verdicts(data);
  const count = targetPairs(data).length;
  if (count === 0) return 'It cannot be told: there is no target.';
  return reverses.length === 0
    ? `On ${count === 1 ? 'the only target, the interval of r is not wholly below 0' : `none of ${count} targets is the whole interval of r below 0`}.`
    : `On ${reverses.length} of ${counted(count, 'target')}: ${listed(reverses.map(({ b, pearson, pearsonCi95 }) => `${b} ${withInterval(pearson, pearsonCi95)}`))}.`;
}

function indicators(data: PageData): string {
  const whole = data.datasets.filter((facts) => !isPart(facts)).map(({ dataset }) => dataset);
  const pairs = (whole.length * (whole.length - 1)) / 2;
  const parts = ['cumulativeWidth', 'totalDepth'].flatMap((key) => {
    const own = data.effects.filter(
      ({ parameter, dataset, pearson }) => parameter === key && pearson !== null && whole.includes(dataset),
    );
    if (own.length === 0) return [];
    const sorted = [...own].sort((a, b) => a.pearson! - b.pearson!);
    const [low, high] = [sorted[0]!, sorted.at(-1)!];
    const disagreeing = data.contradictions.filter(
      ({ parameter, lower, higher }) => parameter === key && whole.includes(lower) && whole.includes(higher),
    ).length;
    const title = titleOf(data, key);
    return [
      `${title}: its r with the error goes from ${withInterval(low.pearson, low.pearsonCi95)} on ${low.dataset} to ${withInterval(high.pearson, high.pearsonCi95)} on ${high.dataset}; the ranges of the best networks exclude each other for ${disagreeing === 0 ? 'no pair' : `${disagreeing} of ${counted(pairs, 'pair')}`} of datasets.`,
    ];
  });
  return parts.length === 0 ? 'It cannot be told: the table has neither.' : parts.join(' ');
}

function subsets({ subsets: all }: PageData): string {
  if (all.length === 0) return 'It cannot be told: there is no subset.';
  const more = all.filter(({ differenceCi95 }) => differenceCi95 !== null && differenceCi95[0] > 0).length;
  const less = all.filter(({ differenceCi95 }) => differenceCi95 !== null && differenceCi95[1] < 0).length;
  const controls = all.filter(({ control }) => control?.differenceCi95 != null);
  const beyond = controls.filter(({ control }) => control!.differenceCi95![0] > 0).length;
  return `Of ${counted(all.length, 'comparison')}, each of one target and one number of classes, they raise it in ${noneOr(more)} and lower it in ${noneOr(less)}${controls.length === 0 ? '; without controls it is open whether fewer classes or fewer images do it' : `; against as many images of all classes, fewer classes raise it in ${noneOr(beyond)} of ${controls.length}`}.`;
}
