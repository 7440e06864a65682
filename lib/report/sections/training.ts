import type { Figures } from '../figures/index.ts';
import { dash, percent, signed, signedInterval } from '../words/numbers.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawnSide, inScopes, ofScope, section, type Section } from './section.ts';

/** How errors fall in training, and how early the final ranking is visible; undefined without curves. */
export function trainingSection(data: PageData, { training, settling }: Figures): Section | undefined {
  const { curves, reference } = data;
  if (training.length === 0) return undefined;
  return section(
    'training',
    'Training curves, and how early rankings settle',
    `<p>Validation error after each epoch: the median and the middle half of the architectures (grey), and the means of <span class=best>the best on ${escape(reference)}</span> and of <span class=worst>the worst</span> (dashed).</p>`,
    inScopes(data, (scope) => drawnSide(ofScope(training, scope))),
    ...(settling.length === 0
      ? []
      : [
          '<h3>How early the final ranking is visible</h3><p>Rank correlation between the validation errors of one seed after each epoch and the final test errors of the others, as a share of that after the last epoch. With a single seed it repeats the noise of the run itself, and nothing is concluded.</p>',
          inScopes(data, (scope) => drawnSide(ofScope(settling, scope))),
          details(
            'As a table',
            htmlTable(
              [
                'dataset',
                'visible from epoch',
                'epoch',
                'of',
                'n',
                "Spearman's ρ",
                '95 % interval',
                'share of the last',
              ],
              curves.flatMap(({ dataset, visibleFrom, epochs, points }) =>
                points.map((of) => [
                  ...[dataset, visibleFrom === null ? dash : String(visibleFrom), of.epoch, epochs, of.n],
                  ...[signed(of.spearman), signedInterval(of.spearmanCi95), percent(of.share, 0)],
                ]),
              ),
            ),
          ),
        ]),
  );
}
