import { linesChart } from '../charts/lines.ts';
import { percent, percentText, signed } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { isPart } from '../parts.ts';
import { idPart, type Figure } from './figure.ts';

/** Median and middle half of the validation errors after each epoch, with the best and the worst on the reference. */
export function trainingFigures({ datasets, trainingCurves }: PageData): Figure[] {
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
        alternative: `Validation error on ${dataset} by epoch: the median goes from ${percent(band[0]?.y)} to ${percent(band.at(-1)?.y)}`,
        isOfParts: isPart(facts),
        draw: (theme) =>
          linesChart(
            {
              heading: dataset,
              below: 'validation error',
              xTitle: 'epoch',
              yText: percentText,
              series: [
                { points: band, colour: 'muted' },
                { points: line('best'), colour: 'positive' },
                { points: line('worst'), colour: 'negative', isDashed: true },
              ],
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
            dataset,
            of.epoch,
            of.lowerQuartile,
            of.median,
            of.upperQuartile,
            of.best,
            of.worst,
          ]),
        }),
      },
    ];
  });
}

/** How early the final ranking is visible on each dataset. */
export function settlingFigures({ curves, datasets }: PageData): Figure[] {
  return curves.map(({ dataset, points, visibleFrom }, index): Figure => ({
    id: `settling-${idPart(dataset, index)}`,
    alternative: `Rank correlation on ${dataset} between the errors after each epoch and the final ones: ${points.map(({ epoch, spearman }) => `epoch ${epoch} ${signed(spearman)}`).join(', ')}`,
    isOfParts: isPart(datasets.find((facts) => facts.dataset === dataset)!),
    draw: (theme) =>
      linesChart(
        {
          heading: dataset,
          below:
            visibleFrom === null
              ? 'ρ reaches 0.9 in the last epoch only'
              : `ρ is 0.9 or more from epoch ${visibleFrom} on`,
          xTitle: 'epoch',
          yDomain: [Math.min(0, ...points.map(({ spearmanCi95 }) => spearmanCi95?.[0] ?? 0)), 1],
          series: [
            {
              points: points.flatMap(({ epoch, spearman, spearmanCi95 }) =>
                spearman === null ? [] : [{ x: epoch, y: spearman, interval: spearmanCi95 }],
              ),
              colour: 'positive',
            },
          ],
        },
        theme,
      ),
    table: () => ({
      header: ['dataset', 'epoch', 'n', 'share', 'spearman', 'spearmanLow', 'spearmanHigh'],
      rows: points.map((of) => [
        ...[dataset, of.epoch, of.n, of.share, of.spearman, of.spearmanCi95?.[0] ?? null, of.spearmanCi95?.[1] ?? null],
      ]),
    }),
  }));
}
