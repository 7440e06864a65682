import { intervalChart } from '../charts/intervals.ts';
import { signed } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import type { Figure } from './figure.ts';

/** How well the errors on each dataset repeat with other seeds; none without repeated trainings. */
export function noiseFigures({ reliabilities }: PageData): Figure[] {
  if (reliabilities.length === 0) return [];
  return [
    {
      id: 'noise',
      alternative: `Correlation of errors between seeds: ${reliabilities.map(({ dataset, seedCorrelation }) => `${dataset} ${signed(seedCorrelation)}`).join('; ')}`,
      draw: (theme) =>
        intervalChart(
          {
            rows: reliabilities.map(({ dataset, seedCorrelation, seedCorrelationCi95, reliability }) => ({
              label: dataset,
              marks: [
                { value: seedCorrelation, interval: seedCorrelationCi95 },
                { value: reliability, kind: 'tick' },
              ],
            })),
            title: 'r between seeds (dot), reliability of their mean (bar)',
            domain: [Math.min(0, ...reliabilities.map(({ seedCorrelationCi95 }) => seedCorrelationCi95?.[0] ?? 0)), 1],
          },
          theme,
        ),
      table: () => ({
        header: ['dataset', 'seeds', 'n', 'seedCorrelation', 'low', 'high', 'reliability', 'seedDeviation'],
        rows: reliabilities.map((of) => [
          ...[of.dataset, of.seeds, of.n, of.seedCorrelation, of.seedCorrelationCi95?.[0] ?? null],
          ...[of.seedCorrelationCi95?.[1] ?? null, of.reliability, of.seedDeviation],
        ]),
      }),
    },
  ];
}
