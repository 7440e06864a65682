import type { Figures } from '../figures/index.ts';
import { signed, signedInterval } from '../words/numbers.ts';
import { details, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawn, drawnSide, inScopes, ofScope, section, type Section } from './section.ts';

/** Every pair of datasets, and how correlations depend on the number of architectures. */
export function pairsSection(data: PageData, { pairs, populationSizes }: Figures): Section {
  return section(
    'all-pairs',
    'All pairs of datasets',
    "<p>Pearson's r between the errors on every two datasets.</p>",
    inScopes(data, (scope) => ofScope(pairs, scope).map(drawn).join('\n')),
    details(
      'All coefficients with intervals',
      htmlTable(
        [
          ...['dataset', 'and', 'n', "Pearson's r", '95 % interval', "Spearman's ρ", '95 % interval'],
          ...["Kendall's τ-b", '95 % interval', 'weighted τ', '95 % interval'],
        ],
        data.correlations.map((of) => [
          ...[of.a, of.b, of.n, signed(of.pearson), signedInterval(of.pearsonCi95), signed(of.spearman)],
          ...[signedInterval(of.spearmanCi95), signed(of.kendallTauB), signedInterval(of.kendallTauBCi95)],
          ...[signed(of.weightedTau), signedInterval(of.weightedTauCi95)],
        ]),
      ),
    ),
    populationSizes.length === 0
      ? ''
      : details(
          'How sure this would be with fewer architectures',
          `<p>Pearson's r with the reference over random samples of the architectures: its mean, and the range that holds 95 % of the samples.</p>${drawnSide(populationSizes)}`,
        ),
  );
}
