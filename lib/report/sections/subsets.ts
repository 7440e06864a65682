import type { Figures } from '../figures/index.ts';
import { counted, dash, pValue, signed, signedInterval } from '../words/numbers.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawn, section, type Section } from './section.ts';

/** Whether the reference restricted to fewer classes tells more of the targets; undefined without subsets. */
export function subsetsSection({ subsets, reference }: PageData, figures: Figures): Section | undefined {
  if (subsets.length === 0) return undefined;
  const hasControls = subsets.some(({ control }) => control !== null);
  return section(
    'subsets',
    'Does a reference with fewer classes tell more?',
    `<p>Spearman's ρ of each target with ${escape(reference)} and with subsets of it that have fewer classes. A dot is the mean over the draws of classes, small dots are the draws. Differences have the scatter of the draws in their intervals, which hold for all comparisons together; with one draw they are about this draw.${hasControls ? ' A ring is the control: as many images as the subset has, but of all classes, so that what fewer classes do is told from what fewer images do.' : ' There are no controls of as many images with all classes, so what fewer classes do cannot be told from what fewer images do.'}</p>`,
    ...figures.subsets.map(drawn),
    htmlTable(
      [
        ...['target', 'classes', 'draws', 'mean ρ', '95 % interval', 'deviation over draws', 'ρ, all classes'],
        ...[
          'difference',
          '95 % interval',
          'p',
          ...(hasControls ? ['ρ, control', 'difference to it', '95 % interval', 'p'] : []),
        ],
      ],
      subsets.map((of) => [
        ...[of.target, of.classes, of.draws.length, signed(of.meanSpearman), signedInterval(of.meanSpearmanCi95)],
        ...[of.drawDeviation === null ? dash : of.drawDeviation.toFixed(2), signed(of.referenceSpearman)],
        ...[signed(of.difference), signedInterval(of.differenceCi95), pValue(of.pValue)],
        ...(hasControls
          ? [
              ...[signed(of.control?.spearman), signed(of.control?.difference)],
              ...[signedInterval(of.control?.differenceCi95), pValue(of.control?.pValue)],
            ]
          : []),
      ]),
    ),
    details(
      `All ${counted(
        subsets.reduce((sum, { draws }) => sum + draws.length, 0),
        'draw',
      )}`,
      htmlTable(
        ['target', 'classes', 'subset', 'n', "Spearman's ρ", "Pearson's r"],
        subsets.flatMap(({ target, classes, draws }) =>
          draws.map((draw) => [target, classes, draw.dataset, draw.n, signed(draw.spearman), signed(draw.pearson)]),
        ),
      ),
    ),
  );
}
