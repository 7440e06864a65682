import type { Figures } from '../figures/index.ts';
import { dash, percent, signed, signedInterval } from '../words/numbers.ts';
import { htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawn, section, type Section } from './section.ts';

/** How far results repeat with other seeds, and what correlation that lets through. */
export function noiseSection({ reliabilities, attenuation, reference }: PageData, { noise }: Figures): Section {
  if (reliabilities.length === 0)
    return section(
      'noise',
      'Noise ceiling',
      '<p>Every architecture was trained once on each dataset, so it is not known how far errors repeat with another seed, nor how much of a missing correlation is noise. Two replicates would tell.</p>',
    );
  return section(
    'noise',
    'Noise ceiling',
    "<p>Errors do not repeat exactly when training is repeated with another seed. The correlation between seeds bounds what can correlate with anything else: the noise ceiling of two datasets is the square root of the product of their reliabilities, and r divided by it is what r would be without noise (Spearman's correction for attenuation; by chance it may exceed 1).</p>",
    ...noise.map(drawn),
    htmlTable(
      ['dataset', 'seeds', 'n', 'r between seeds', '95 % interval', 'reliability', 'deviation over seeds'],
      reliabilities.map((of) => [
        ...[of.dataset, of.seeds, of.n, signed(of.seedCorrelation), signedInterval(of.seedCorrelationCi95)],
        ...[of.reliability === null ? dash : of.reliability.toFixed(2), percent(of.seedDeviation)],
      ]),
    ),
    htmlTable(
      ['with', 'dataset', 'n', "Pearson's r", 'noise ceiling', 'r corrected', '95 % interval'],
      attenuation
        .filter(({ a }) => a === reference)
        .map((of) => [
          ...[of.a, of.b, of.n, signed(of.pearson), of.noiseCeiling === null ? dash : of.noiseCeiling.toFixed(2)],
          ...[signed(of.pearsonCorrected), signedInterval(of.pearsonCorrectedCi95)],
        ]),
      { caption: 'Correlations with the reference, corrected for the noise of seeds' },
    ),
  );
}
