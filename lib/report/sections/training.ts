import type { Figures } from '../figures/index.ts';
import { dash, signed, signedInterval } from '../words/numbers.ts';
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
          '<h3>How early the final ranking is visible</h3><p>Rank correlation between the errors after each epoch and the final ones. Where it is high early, the rest of the training could be spared.</p>',
          inScopes(data, (scope) => drawnSide(ofScope(settling, scope))),
          details(
            'As a table',
            htmlTable(
              ['dataset', 'visible from epoch', 'epoch', 'of', 'n', "Pearson's r", "Spearman's ρ", '95 % interval'],
              curves.flatMap(({ dataset, visibleFrom, epochs, points }) =>
                points.map((of) => [
                  ...[dataset, visibleFrom === null ? dash : String(visibleFrom), of.epoch, epochs, of.n],
                  ...[signed(of.pearson), signed(of.spearman), signedInterval(of.spearmanCi95)],
                ]),
              ),
            ),
          ),
        ]),
  );
}
