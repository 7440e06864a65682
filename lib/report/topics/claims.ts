import { html } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { isPart, judgedTargets } from '../targets.ts';
import { counted, listed, numberWord, signedInterval, someOf, withInterval } from '../words/numbers.ts';
import { parameterTitle } from '../words/parameters.ts';
import type { Topic } from './topic.ts';

/** The claims of the paper in its order, each with what this study finds. */
export const claims: Topic = {
  id: 'claims',
  figures: () => [],
  section: ({ data }) => {
    const rows = [dependence(data), negative(data), indicators(data), subsets(data)];
    const count = (verdict: ClaimVerdict) => rows.filter((row) => row.verdict === verdict).length;
    const told = rows.length - count('not tested');
    return {
      name: 'The paper’s claims',
      title:
        told === 0
          ? 'The paper’s claims are not tested here'
          : `Of the paper’s ${numberWord(rows.length)} claims, ${count('found here') === 0 ? 'none is' : count('found here') === 1 ? 'one is' : `${numberWord(count('found here'))} are`} found here`,
      content: html`<p class="sub">
          What Tuggener, Schmidhuber and Stadelmann (2022) found on their datasets, and what these results say.
        </p>
        <div class="scroll" tabindex="0" role="group" aria-label="Claims">
          <table class="claims">
            <thead>
              <tr>
                <th scope="col">Claim</th>
                <th scope="col">Here</th>
                <th scope="col">Verdict</th>
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                ({ claim, found, verdict, section }) =>
                  html`<tr>
                    <th scope="row">${claim}</th>
                    <td>${found}${verdict === 'not tested' ? '' : html` <a href="#${section}">See it</a>`}</td>
                    <td><b>${verdict}</b></td>
                  </tr> `,
              )}
            </tbody>
          </table>
        </div>`,
    };
  },
};

type ClaimVerdict = 'found here' | 'contrary' | 'not found' | 'undecided' | 'not tested';

interface ClaimRow {
  claim: string;
  found: string;
  verdict: ClaimVerdict;
  section: string;
}

function dependence(data: PageData): ClaimRow {
  const claim = 'How well a network does depends strongly on the dataset.';
  const targets = judgedTargets(data).filter(({ pair }) => pair.spearman !== null);
  if (targets.length === 0)
    return { claim, found: 'There is no other dataset.', verdict: 'not tested', section: 'top' };
  const sorted = [...targets].sort((a, b) => a.pair.spearman! - b.pair.spearman!);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const told = ({ title, pair, interval }: (typeof targets)[number]) =>
    `${withInterval(pair.spearman, interval)} on ${title}`;
  const notHolding = targets.filter(({ verdict }) => verdict === 'gone' || verdict === 'reversed').length;
  return {
    claim,
    found:
      targets.length === 1
        ? `Rank correlation with ${titleOf(data, data.reference)}: ${told(least)}.`
        : `Rank correlation with ${titleOf(data, data.reference)} lies between ${told(least)} and ${told(most)}.`,
    verdict:
      notHolding > 0 ? 'found here' : targets.every(({ verdict }) => verdict === 'holds') ? 'not found' : 'undecided',
    section: 'top',
  };
}

function negative(data: PageData): ClaimRow {
  const claim = 'On some datasets errors correlate negatively with those on ImageNet.';
  const targets = judgedTargets(data);
  if (targets.length === 0)
    return { claim, found: 'There is no other dataset.', verdict: 'not tested', section: 'top' };
  // Negative is a whole interval below 0, however weak; not found, one above 0 on every dataset.
  const reversed = targets.filter(({ interval }) => interval !== null && interval[1] < 0);
  const isOpen = targets.some(({ interval }) => interval === null || interval[0] < 0);
  return {
    claim,
    found:
      reversed.length === 0
        ? targets.length === 1
          ? `On ${targets[0]!.title} the interval goes from ${signedInterval(targets[0]!.interval)}.`
          : `On none of ${targets.length} datasets is the whole interval below 0.`
        : `On ${reversed.length} of ${counted(targets.length, 'dataset')}: ${listed(reversed.map(({ title, pair, interval }) => `${title} ${withInterval(pair.spearman, interval)}`))}.`,
    verdict: reversed.length > 0 ? 'found here' : isOpen ? 'undecided' : 'not found',
    section: 'top',
  };
}

function indicators(data: PageData): ClaimRow {
  const claim = 'Cumulative width and total depth tell what a dataset needs.';
  const whole = data.datasets.filter((facts) => !isPart(facts)).map(({ dataset }) => dataset);
  const known = ['cumulativeWidth', 'totalDepth'].flatMap((key) => {
    const own = data.effects.filter(
      ({ parameter, dataset, spearman }) => parameter === key && spearman !== null && whole.includes(dataset),
    );
    if (own.length < 2) return [];
    const sorted = [...own].sort((a, b) => a.spearman! - b.spearman!);
    return [{ key, low: sorted[0]!, high: sorted.at(-1)! }];
  });
  if (known.length === 0)
    return {
      claim,
      found: 'These results do not have both on two datasets.',
      verdict: 'not tested',
      section: 'structure',
    };
  const isDifferent = data.effectDifferences.some(
    ({ parameter, verdict }) => verdict === 'differs' && known.some(({ key }) => key === parameter),
  );
  return {
    claim,
    found: known
      .map(
        ({ key, low, high }) =>
          `${parameterTitle(data, key)}: its rank correlation with the error goes from ${withInterval(low.spearman, low.spearmanCi95)} on ${titleOf(data, low.dataset)} to ${withInterval(high.spearman, high.spearmanCi95)} on ${titleOf(data, high.dataset)}.`,
      )
      .join(' '),
    verdict: isDifferent ? 'found here' : 'undecided',
    section: 'structure',
  };
}

function subsets(data: PageData): ClaimRow {
  const claim = 'Subsets of ImageNet with fewer classes predict other datasets better.';
  const all = data.subsets;
  if (all.length === 0) return { claim, found: 'There is no subset.', verdict: 'not tested', section: 'answers' };
  const more = all.filter(({ verdict }) => verdict === 'higher').length;
  const less = all.filter(({ verdict }) => verdict === 'lower').length;
  const targets = new Set(all.map(({ target }) => target)).size;
  return {
    claim,
    found: `Fewer classes predict better in ${someOf(more, all.length, 'comparison')} and worse in ${someOf(less, all.length, 'comparison')}${targets === 1 ? ', on one dataset' : ''}.`,
    verdict: more > 0 && less === 0 ? 'found here' : less > 0 && more === 0 ? 'contrary' : 'undecided',
    section: 'answers',
  };
}
