import type { Figures } from '../figures/index.ts';
import { grouped, points, pointsInterval, pValue, signed, signedInterval, threeDigits } from '../words/numbers.ts';
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
        ...['target', 'source', "Spearman's ρ", '95 % interval', 'may be the best'],
        ...['relative cost', 'regret (points)', '95 % interval'],
      ],
      advice.flatMap(({ target, sources }) =>
        sources
          .slice(0, 5)
          .map((of) => [
            ...[target, sourceName(data, of), signed(of.spearman), signedInterval(of.spearmanCi95)],
            ...[of.inSet ? 'yes' : 'no', threeDigits(of.cost), points(of.regret), pointsInterval(of.regretCi95)],
          ]),
      ),
      { caption: 'The five best sources of each target; the charts show all' },
    ),
    drawnSide(figures.advice),
    comparisons.length === 0
      ? ''
      : details(
          `Tests of each dataset against ${reference} as a proxy, and what it would take to tell them apart`,
          `<p>A test of two dependent correlations by the paired bootstrap. The intervals hold for all comparisons together. The last column says how many architectures it would take to find a difference of 0.1 in four of five studies.</p>${htmlTable(
            [
              ...[
                'target',
                'proxy',
                'n',
                'ρ of the proxy',
                `ρ of ${reference}`,
                'difference',
                '95 % interval',
                'p',
                'p (corrected)',
              ],
              'architectures needed',
            ],
            comparisons.map((of) => [
              ...[of.target, of.proxy, of.n, signed(of.proxySpearman), signed(of.referenceSpearman)],
              ...[
                signed(of.difference),
                signedInterval(of.differenceCi95),
                pValue(of.pValue),
                pValue(of.pValueCorrected),
              ],
              grouped(of.architecturesNeeded),
            ]),
          )}`,
        ),
  );
}
