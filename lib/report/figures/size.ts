import type { Interval } from '../../analysis/index.ts';
import { intervalChart, type IntervalRow } from '../charts/intervals.ts';
import { withInterval } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { scopesOf, type Scope } from '../parts.ts';
import { nameOf, sourceName } from '../titles.ts';
import type { Figure } from './figure.ts';
import { referencePairs } from './transfer.ts';

/** How well each measure of size ranks the architectures on each dataset, beside the reference. */
export const sizeFigures = (data: PageData): Figure[] =>
  data.sizeBaselines.length === 0 ? [] : scopesOf(data).map((scope) => sizeFigure(data, scope));

function sizeFigure(data: PageData, { isOfParts, has }: Scope): Figure {
  const { reference, datasets } = data;
  const sizeBaselines = data.sizeBaselines.filter(({ dataset }) => has(dataset));
  const rows = datasets
    .filter(({ dataset }) => has(dataset))
    .flatMap(({ dataset }): IntervalRow[] => {
      const pair = referencePairs(data).find(({ b }) => b === dataset);
      return [
        { label: dataset },
        ...(pair === undefined
          ? []
          : [
              {
                label: reference,
                marks: [{ value: pair.spearman, interval: pair.spearmanCi95, kind: 'ring' as const }],
              },
            ]),
        // Turned, so that what ranks well is positive, as for the reference.
        ...sizeBaselines
          .filter((of) => of.dataset === dataset)
          .map(({ measure, spearman, spearmanCi95 }) => ({
            label: sourceName(data, { kind: 'size', name: measure }),
            marks: [{ value: negated(spearman), interval: negatedInterval(spearmanCi95) }],
          })),
      ];
    });
  return {
    id: isOfParts ? 'size-alone-of-parts' : 'size-alone',
    isOfParts,
    alternative: `Rank correlation of size with the errors, positive where larger networks err less: ${sizeBaselines.map((of) => `${nameOf(data, of.measure)} on ${of.dataset} ${withInterval(negated(of.spearman), negatedInterval(of.spearmanCi95))}`).join('; ')}`,
    draw: (theme) =>
      intervalChart(
        { rows, title: "Spearman's ρ with the ranking on the dataset, 95 % interval", domain: [-1, 1] },
        theme,
      ),
    table: () => ({
      header: ['dataset', 'measure', 'n', 'spearmanOfErrors', 'low', 'high'],
      rows: sizeBaselines.map(({ dataset, measure, n, spearman, spearmanCi95 }) => [
        ...[dataset, measure, n, spearman, spearmanCi95?.[0] ?? null, spearmanCi95?.[1] ?? null],
      ]),
    }),
  };
}

export const negatedInterval = (interval: Interval | null): Interval | null => interval && [-interval[1], -interval[0]];

export const negated = (value: number | null): number | null => (value === null ? null : -value);
