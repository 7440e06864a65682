import type { Figures } from '../figures/index.ts';
import {
  grouped,
  percent,
  points,
  pointsInterval,
  pValue,
  signed,
  signedInterval,
  threeDigits,
} from '../words/numbers.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { sourceName } from '../titles.ts';
import { drawnSide, section, type Section } from './section.ts';

/** What to rank architectures by in place of each target; undefined where there is nothing to choose from. */
export function proxiesSection(data: PageData, figures: Figures): Section | undefined {
  const { advice, comparisons, reference } = data;
  if (advice.length === 0) return undefined;
  return section(
    'proxies',
    'What to use as a proxy',
    `<p>For each target, every other source by which architectures can be ranked: ${escape(reference)} (ring), its subsets and controls, the other datasets, and size. The cost is that of training one architecture, relative to ${escape(reference)}; the regret is what is lost, in percentage points of error, by taking the one that the source ranks first.</p>`,
    htmlTable(
      [
        ...['target', 'source', "Spearman's ρ", '95 % interval', 'probability of being best'],
        ...['relative cost', 'regret (points)', '95 % interval'],
      ],
      advice.flatMap(({ target, sources }) =>
        sources
          .slice(0, 5)
          .map((of) => [
            ...[target, sourceName(data, of), signed(of.spearman), signedInterval(of.spearmanCi95)],
            ...[percent(of.probabilityBest, 0), threeDigits(of.cost), points(of.regret), pointsInterval(of.regretCi95)],
          ]),
      ),
      { caption: 'The five best sources of each target; the charts show all' },
    ),
    drawnSide(figures.advice),
    comparisons.length === 0
      ? ''
      : details(
          `Tests of each dataset against ${reference} as a proxy, and what it would take to tell them apart`,
          `<p>A test of two dependent correlations by the paired bootstrap. The last two columns project how many architectures, or how many seeds for each, it would take to tell a difference as large as the one found from 0 in four of five studies.</p>${htmlTable(
            [
              ...[
                'target',
                'proxy',
                'n',
                'r of the proxy',
                `r of ${reference}`,
                'difference',
                '95 % interval',
                'p',
                'p (Holm)',
              ],
              ...['architectures needed', 'seeds needed'],
            ],
            comparisons.map((of) => [
              ...[of.target, of.proxy, of.n, signed(of.proxyPearson), signed(of.referencePearson)],
              ...[
                signed(of.pearsonDifference),
                signedInterval(of.pearsonDifferenceCi95),
                pValue(of.pValue),
                pValue(of.pValueHolm),
              ],
              ...[grouped(of.architecturesNeeded), grouped(of.seedsNeeded)],
            ]),
          )}`,
        ),
  );
}
