import type { Figures } from '../figures/index.ts';
import { grouped, pValue, signed, signedInterval } from '../words/numbers.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import type { Scope } from '../parts.ts';
import { nameOf, titleOf } from '../titles.ts';
import { drawn, drawnSide, inScopes, marksKey, ofScope, section, type Section } from './section.ts';

/** What in an architecture goes with its error, and where the best ones lie; undefined without structure parameters. */
export function structureSection(data: PageData, figures: Figures): Section | undefined {
  const { effects, ranges, effectDifferences } = data;
  if (effects.length === 0) return undefined;
  const named = (key: string) => titleOf(data, key);
  const differences = effectDifferences.filter(({ verdict }) => verdict === 'differs');
  const fixed = effects.find((of) => of.fixed !== null)?.fixed;
  const effectsOf = (scope: Scope, isFixed: boolean) =>
    ofScope(figures.effects, scope)
      .filter(({ id }) => id.startsWith('structure-at-fixed-size') === isFixed)
      .map(drawn)
      .join('\n');
  return section(
    'structure',
    'What in an architecture goes with its error',
    "<p>Pearson's r of each structure parameter with the error: negative where more of it goes with fewer errors.</p>",
    inScopes(data, (scope) => effectsOf(scope, false)),
    ...(fixed == null
      ? []
      : [
          `<h3>At fixed size</h3><p>The same with ${escape(nameOf(data, fixed))} held fixed: what a parameter does beyond making a network larger.</p>`,
          inScopes(data, (scope) => effectsOf(scope, true)),
        ]),
    details(
      'All coefficients with intervals and tests',
      htmlTable(
        [
          ...['parameter', 'dataset', 'n', "Pearson's r", '95 % interval', 'p of ρ', 'p (corrected)'],
          ...["Spearman's ρ", '95 % interval', 'r at fixed size', '95 % interval'],
        ],
        effects.map((of) => [
          ...[
            named(of.parameter),
            of.dataset,
            of.n,
            signed(of.pearson),
            signedInterval(of.pearsonCi95),
            pValue(of.pValue),
          ],
          ...[pValue(of.pValueCorrected), signed(of.spearman), signedInterval(of.spearmanCi95)],
          ...[signed(of.partialPearson), signedInterval(of.partialPearsonCi95)],
        ]),
      ),
    ),
    figures.parameters.length === 0
      ? ''
      : `<h3>A parameter against the error</h3><div id="parameter-choice"></div>${marksKey(data)}`,
    inScopes(data, (scope) => drawnSide(ofScope(figures.parameters, scope))),
    ranges.length === 0
      ? ''
      : [
          '<h3>Where the best networks lie</h3>',
          `<p>A quarter of the architectures is drawn ${grouped(data.methods.resamples)} times, and each time the best of them is taken: shown are the median of its value of a parameter, and the range that holds 95 % of these values.</p>`,
          differences.length === 0
            ? '<p>No parameter is shown to go differently with the errors on two datasets, which does not mean that all go alike.</p>'
            : htmlTable(
                ['parameter', 'dataset', 'other dataset', 'difference of ρ', '95 % interval', 'p (corrected)'],
                differences.map((of) => [
                  ...[named(of.parameter), of.a, of.b, signed(of.difference), signedInterval(of.differenceCi95)],
                  pValue(of.pValueCorrected),
                ]),
                { caption: 'Parameters that go differently with the errors on two datasets' },
              ),
          details('The ranges of every parameter', drawnSide(figures.ranges)),
        ].join('\n'),
  );
}
