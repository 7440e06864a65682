import type { TargetAnalysis } from '../../analysis/index.ts';
import { escape } from '../html.ts';
import { counted, listed, noneOr, withInterval } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { isPart } from '../parts.ts';
import { titleOf } from '../titles.ts';
import { targetVerdicts } from '../transfer-verdicts.ts';
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
  const found = targetVerdicts(data).filter(({ spearman }) => spearman !== null);
  if (found.length === 0) return 'It cannot be told: there is no target.';
  const sorted = [...found].sort((a, b) => a.spearman! - b.spearman!);
  const words = (of: TargetAnalysis) => `${withInterval(of.spearman, of.verdictCi95)} on ${of.target}`;
  return found.length === 1
    ? `ρ with ${data.reference} is ${words(sorted[0]!)}.`
    : `ρ with ${data.reference} lies between ${words(sorted[0]!)} and ${words(sorted.at(-1)!)}.`;
}

function negative(data: PageData): string {
  const found = targetVerdicts(data);
  if (found.length === 0) return 'It cannot be told: there is no target.';
  const below = found.filter(({ verdictCi95 }) => verdictCi95 !== null && verdictCi95[1] < 0);
  return below.length === 0
    ? `On ${found.length === 1 ? 'the only target, the interval of ρ is not wholly below 0' : `none of ${found.length} targets is the whole interval of ρ below 0`}.`
    : `On ${below.length} of ${counted(found.length, 'target')}: ${listed(below.map(({ target, spearman, verdictCi95 }) => `${target} ${withInterval(spearman, verdictCi95)}`))}.`;
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
    const disagreeing = data.effectDifferences.filter(
      ({ parameter, verdict }) => parameter === key && verdict === 'differs',
    ).length;
    const title = titleOf(data, key);
    return [
      `${title}: its r with the error goes from ${withInterval(low.pearson, low.pearsonCi95)} on ${low.dataset} to ${withInterval(high.pearson, high.pearsonCi95)} on ${high.dataset}; it is shown to differ for ${disagreeing === 0 ? 'no pair' : `${disagreeing} of ${counted(pairs, 'pair')}`} of datasets.`,
    ];
  });
  return parts.length === 0 ? 'It cannot be told: the table has neither.' : parts.join(' ');
}

function subsets({ subsets: all }: PageData): string {
  if (all.length === 0) return 'It cannot be told: there is no subset.';
  const more = all.filter(({ verdict }) => verdict === 'higher').length;
  const less = all.filter(({ verdict }) => verdict === 'lower').length;
  const controls = all.filter(({ control }) => control !== null);
  const beyond = controls.filter(({ control }) => control!.verdict === 'higher').length;
  return `Of ${counted(all.length, 'comparison')}, each of one target and one number of classes, they raise it in ${noneOr(more)} and lower it in ${noneOr(less)}${controls.length === 0 ? '; without controls it is open whether fewer classes or fewer images do it' : `; against as many images of all classes, fewer classes raise it in ${noneOr(beyond)} of ${controls.length}`}.`;
}
