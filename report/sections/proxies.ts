import type { Figures } from '../figures/index.ts';
import { grouped, percent, percentInterval, pValue, signed, signedInterval } from '../format.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawnSide, section, type Section } from './section.ts';

/** What to rank architectures by in place of each target; undefined where there is nothing to choose from. */
export function proxiesSection({ advice, comparisons, reference }: PageData, figures: Figures): Section | undefined {
  if (advice.length === 0) return undefined;
  return section(
    'proxies',
    'What to use as a proxy',
    `<p>For each target every other source by which architectures can be ranked: ${escape(reference)} (ring), its subsets and controls, the other datasets, and size. Cost is the training of one architecture relative to ${escape(reference)}.</p>`,
    htmlTable(
      [
        ...['target', 'source', "Spearman's ρ", '95 % interval', 'the best with probability'],
        ...['cost', 'regret of the best one', '95 % interval'],
      ],
      advice.flatMap(({ target, sources }) =>
        sources
          .slice(0, 5)
          .map((of) => [
            ...[
              target,
              of.kind === 'size' ? `more ${of.name}` : of.name,
              signed(of.spearman),
              signedInterval(of.spearmanCi95),
            ],
            ...[
              percent(of.probabilityBest, 0),
              grouped(of.cost, 2),
              percent(of.regret),
              percentInterval(of.regretCi95),
            ],
          ]),
      ),
      { caption: 'The five best sources of each target; the charts show all' },
    ),
    drawnSide(figures.advice),
    comparisons.length === 0
      ? ''
      : details(
          `Tests of each dataset against ${reference} as a proxy, and what it would take to tell them apart`,
          `<p>A test of two dependent correlations by the paired bootstrap. The last columns project with how many architectures, or seeds for each, a difference as large as the one found would be told from 0 in four of five studies.</p>${htmlTable(
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
