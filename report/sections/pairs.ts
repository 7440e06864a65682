import type { Figures } from '../figures/index.ts';
import { signed, signedInterval } from '../format.ts';
import { details, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawn, drawnSide, section, type Section } from './section.ts';

/** Every pair of datasets, and how correlations depend on the number of architectures. */
export function pairsSection({ correlations }: PageData, { pairs, populationSizes }: Figures): Section {
  return section(
    'all-pairs',
    'All pairs of datasets',
    ...pairs.map(drawn),
    details(
      'All coefficients with intervals',
      htmlTable(
        [
          ...['dataset', 'and', 'n', "Pearson's r", '95 % interval', "Spearman's ρ", '95 % interval'],
          ...["Kendall's τ-b", '95 % interval', 'weighted τ', '95 % interval'],
        ],
        correlations.map((of) => [
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
          `<p>Pearson's r with the reference over random samples of the architectures: its mean, and the range in which 95 % of the samples fall.</p>${drawnSide(populationSizes)}`,
        ),
  );
}
