import type { Interval } from '../../analysis/index.ts';
import { intervalChart, type IntervalRow } from '../charts/intervals.ts';
import { withInterval } from '../format.ts';
import type { PageData } from '../page-data.ts';
import type { Figure } from './figure.ts';
import { referencePairs } from './transfer.ts';

/** How well each measure of size ranks the architectures on each dataset, beside the reference. */
export function sizeFigures(data: PageData): Figure[] {
  const { sizeBaselines, reference, datasets } = data;
  if (sizeBaselines.length === 0) return [];
  const rows = datasets.flatMap(({ dataset }): IntervalRow[] => {
    const pair = referencePairs(data).find(({ b }) => b === dataset);
    return [
      { label: dataset },
      ...(pair === undefined
        ? []
        : [
            { label: reference, marks: [{ value: pair.spearman, interval: pair.spearmanCi95, kind: 'ring' as const }] },
          ]),
      // Turned, so that what ranks well is positive, as for the reference.
      ...sizeBaselines
        .filter((of) => of.dataset === dataset)
        .map(({ measure, spearman, spearmanCi95 }) => ({
          label: `more ${measure}`,
          marks: [{ value: negated(spearman), interval: negatedInterval(spearmanCi95) }],
        })),
    ];
  });
  return [
    {
      id: 'size-alone',
      alternative: `Rank correlation of size with the errors, positive where larger networks err less: ${sizeBaselines.map((of) => `${of.measure} on ${of.dataset} ${withInterval(negated(of.spearman), negatedInterval(of.spearmanCi95))}`).join('; ')}`,
      draw: (theme) =>
        intervalChart(
          { rows, title: "Spearman's ρ of the ranking with that of the dataset, 95 % interval", domain: [-1, 1] },
          theme,
        ),
      table: () => ({
        header: ['dataset', 'measure', 'n', 'spearmanOfErrors', 'low', 'high'],
        rows: sizeBaselines.map(({ dataset, measure, n, spearman, spearmanCi95 }) => [
          ...[dataset, measure, n, spearman, spearmanCi95?.[0] ?? null, spearmanCi95?.[1] ?? null],
        ]),
      }),
    },
  ];
}

export const negatedInterval = (interval: Interval | null): Interval | null => interval && [-interval[1], -interval[0]];

export const negated = (value: number | null): number | null => (value === null ? null : -value);
