import type { Figures } from '../figures/index.ts';
import { dash, signed, signedInterval } from '../format.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawnSide, section, type Section } from './section.ts';

/** How errors fall in training, and how early the final ranking is visible; undefined without curves. */
export function trainingSection({ curves, reference }: PageData, { training, settling }: Figures): Section | undefined {
  if (training.length === 0) return undefined;
  return section(
    'training',
    'Training curves, and how early rankings settle',
    `<p>Validation error after each epoch: median and middle half of the architectures; <span class=best>the best on ${escape(reference)}</span> and, dashed, <span class=worst>the worst</span>.</p>`,
    drawnSide(training),
    ...(settling.length === 0
      ? []
      : [
          '<h3>How early the final ranking is visible</h3><p>Rank correlation between the errors after each epoch and the final ones. Where it is high early, the rest of the training could be saved.</p>',
          drawnSide(settling),
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
