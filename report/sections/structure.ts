import type { Figures } from '../figures/index.ts';
import { pValue, signed, signedInterval, threeDigits } from '../format.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawn, drawnSide, marksKey, section, type Section } from './section.ts';

/** What in an architecture goes with its error, and where the best ones lie; undefined without structure parameters. */
export function structureSection(data: PageData, figures: Figures): Section | undefined {
  const { effects, ranges, contradictions, parameters } = data;
  if (effects.length === 0) return undefined;
  const title = new Map(parameters.map(({ key, title }) => [key, title]));
  const named = (key: string) => title.get(key) ?? key;
  const [plain, fixed] = figures.effects;
  return section(
    'structure',
    'What in an architecture goes with its error',
    "<p>Pearson's r of each structure parameter with the error: negative where more of it goes with fewer errors.</p>",
    ...(plain === undefined ? [] : [drawn(plain)]),
    ...(fixed === undefined
      ? []
      : [
          `<h3>At fixed size</h3><p>The same at fixed ${escape(named(effects.find((of) => of.fixed !== null)?.fixed ?? ''))}: what a parameter does beyond making a network larger.</p>`,
          drawn(fixed),
        ]),
    details(
      'All coefficients with intervals and tests',
      htmlTable(
        [
          ...['parameter', 'dataset', 'n', "Pearson's r", '95 % interval', 'p', 'p (Holm)', 'p (B.-H.)'],
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
          ...[
            pValue(of.pValueHolm),
            pValue(of.pValueBenjaminiHochberg),
            signed(of.spearman),
            signedInterval(of.spearmanCi95),
          ],
          ...[signed(of.partialPearson), signedInterval(of.partialPearsonCi95)],
        ]),
      ),
    ),
    figures.parameters.length === 0
      ? ''
      : `<h3>A parameter against the error</h3><div id="parameter-choice"></div>${marksKey(data)}`,
    drawnSide(figures.parameters),
    ranges.length === 0
      ? ''
      : [
          '<h3>Where the best networks lie</h3>',
          '<p>Of 2,500 draws of a quarter of the population the best network each: the median of its value of a parameter, and the range that holds 95 % of them. Where the ranges of two datasets do not overlap, no single network can suit both.</p>',
          contradictions.length === 0
            ? '<p>No two datasets contradict each other: their ranges overlap in every parameter.</p>'
            : htmlTable(
                ['parameter', 'lower on', 'higher on', 'gap'],
                contradictions.map((of) => [named(of.parameter), of.lower, of.higher, threeDigits(of.gap)]),
                { caption: 'Datasets whose best networks lie in different ranges' },
              ),
          details('The ranges of every parameter', drawnSide(figures.ranges)),
        ].join('\n'),
  );
}
