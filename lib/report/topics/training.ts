import { linesChart } from '../charts/lines.ts';
import { html, joined } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { isPart } from '../targets.ts';
import { percent } from '../words/numbers.ts';
import { drawnSide } from './drawn.ts';
import { idPart, type Figure } from './figure.ts';
import type { Topic } from './topic.ts';

/** How errors fall in training. */
export const training: Topic = {
  id: 'training',
  figures: trainingFigures,
  section: ({ data }) => {
    const figures = trainingFigures(data);
    if (figures.length === 0) return undefined;
    return {
      title: 'Training curves',
      content: joined([
        html`<p class="sub">
          Validation error after each epoch: the median and the middle half of the networks (grey), and the means of
          <span class="best">the best on ${titleOf(data, data.reference)}</span> and of
          <span class="worst">the worst</span> (dashed).
        </p>`,
        drawnSide(figures),
      ]),
    };
  },
};

/** Median and middle half of the validation errors after each epoch, with the best and the worst on the reference. */
function trainingFigures({ datasets, trainingCurves, titles }: PageData): Figure[] {
  return datasets.flatMap((facts, index): Figure[] => {
    const { dataset } = facts;
    const epochs = trainingCurves[index]!;
    if (epochs.length < 2) return [];
    const line = (of: 'best' | 'worst') =>
      epochs.flatMap((errors) => (errors[of] === null ? [] : [{ x: errors.epoch, y: errors[of] }]));
    const band = epochs.map(({ epoch, median, lowerQuartile, upperQuartile }) => ({
      x: epoch,
      y: median,
      interval: [lowerQuartile, upperQuartile] as const,
    }));
    return [
      {
        id: `training-${idPart(dataset, index)}`,
        alternative: `Validation error on ${titles[index]!.title} by epoch: the median goes from ${percent(band[0]?.y)} to ${percent(band.at(-1)?.y)}`,
        isOfParts: isPart(facts),
        draw: (theme) =>
          linesChart(
            {
              heading: titles[index]!.short,
              xTitle: 'Epoch',
              yTitle: 'Validation error',
              yKind: 'percent',
              series: [
                { points: band, colour: 'muted', name: ['median'] },
                { points: line('best'), colour: 'best', name: ['best'] },
                { points: line('worst'), colour: 'worst', isDashed: true, name: ['worst'] },
              ],
              size: { width: 220, height: 220, font: 12 },
            },
            theme,
          ),
        table: () => ({
          header: [
            'dataset',
            'epoch',
            'lowerQuartile',
            'median',
            'upperQuartile',
            'bestOnReference',
            'worstOnReference',
          ],
          rows: epochs.map((of) => [
            ...[dataset, of.epoch, of.lowerQuartile, of.median, of.upperQuartile, of.best, of.worst],
          ]),
        }),
      },
    ];
  });
}
