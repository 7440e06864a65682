import { quantileSorted } from 'simple-statistics';
import { linesChart } from '../charts/lines.ts';
import { percentText, signed } from '../format.ts';
import type { PageData } from '../page-data.ts';
import { idPart, type Figure } from './figure.ts';

/** Median and middle half of the validation errors after each epoch, with the best and the worst on the reference. */
export function trainingFigures({ datasets, trainingCurves, best, worst }: PageData): Figure[] {
  return datasets.flatMap(({ dataset }, index): Figure[] => {
    const curves = trainingCurves[index]!;
    const epochs = curves.reduce((most, curve) => Math.max(most, curve?.length ?? 0), 0);
    if (epochs < 2) return [];
    const at = (epoch: number, rows: Iterable<number>) =>
      [...rows].flatMap((row) => curves[row]?.[epoch] ?? []).sort((a, b) => a - b);
    const summary = Array.from({ length: epochs }, (_, epoch) => {
      const errors = at(epoch, curves.keys());
      const quantile = (share: number) => (errors.length === 0 ? null : quantileSorted(errors, share));
      return { epoch: epoch + 1, low: quantile(0.25), median: quantile(0.5), high: quantile(0.75) };
    });
    const middle = summary.flatMap(({ epoch, low, median, high }) =>
      median === null ? [] : [{ x: epoch, y: median, interval: [low!, high!] as const }],
    );
    const meanOf = (rows: readonly number[]) =>
      summary.flatMap(({ epoch }) => {
        const errors = at(epoch - 1, rows);
        return errors.length === 0
          ? []
          : [{ x: epoch, y: errors.reduce((sum, error) => sum + error, 0) / errors.length }];
      });
    return [
      {
        id: `training-${idPart(dataset, index)}`,
        alternative: `Validation error on ${dataset} by epoch: the median falls from ${percentText(middle[0]!.y)} to ${percentText(middle.at(-1)!.y)}`,
        draw: (theme) =>
          linesChart(
            {
              heading: dataset,
              below: 'validation error',
              xTitle: 'epoch',
              yText: percentText,
              series: [
                { points: middle, colour: 'muted' },
                { points: meanOf(best), colour: 'positive' },
                { points: meanOf(worst), colour: 'negative', isDashed: true },
              ],
            },
            theme,
          ),
        table: () => ({
          header: ['dataset', 'epoch', 'lowerQuartile', 'median', 'upperQuartile'],
          rows: summary.map(({ epoch, low, median, high }) => [dataset, epoch, low, median, high]),
        }),
      },
    ];
  });
}

/** How early the final ranking is visible on each dataset. */
export function settlingFigures({ curves }: PageData): Figure[] {
  return curves.map(({ dataset, points, visibleFrom }, index): Figure => ({
    id: `settling-${idPart(dataset, index)}`,
    alternative: `Rank correlation on ${dataset} between the errors after each epoch and the final ones: ${points.map(({ epoch, spearman }) => `epoch ${epoch} ${signed(spearman)}`).join(', ')}`,
    draw: (theme) =>
      linesChart(
        {
          heading: dataset,
          below:
            visibleFrom === null
              ? 'settled by the last epoch only'
              : `ρ stays at 0.9 or more from epoch ${visibleFrom}`,
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
      header: ['dataset', 'epoch', 'n', 'pearson', 'spearman', 'spearmanLow', 'spearmanHigh'],
      rows: points.map((of) => [
        ...[
          dataset,
          of.epoch,
          of.n,
          of.pearson,
          of.spearman,
          of.spearmanCi95?.[0] ?? null,
          of.spearmanCi95?.[1] ?? null,
        ],
      ]),
    }),
  }));
}
