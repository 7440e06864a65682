import { linesChart } from '../charts/lines.ts';
import type { PageData } from '../page-data.ts';
import { idPart, type Figure } from './figure.ts';

/** How far r with the reference would scatter with fewer architectures. */
export function populationSizeFigures({ populationSizes }: PageData): Figure[] {
  return populationSizes
    .filter(({ sizes }) => sizes.length > 1)
    .map(({ target, sizes }, index): Figure => ({
      id: `population-${idPart(target, index)}`,
      alternative: `Pearson's r with ${target} over fewer architectures: ${sizes.map(({ architectures, range95 }) => `${architectures}: ${range95 === null ? 'undefined' : range95.map((end) => end.toFixed(2)).join(' to ')}`).join('; ')}`,
      draw: (theme) =>
        linesChart(
          {
            heading: target,
            below: 'r, and where 95 % of it falls',
            xTitle: 'architectures',
            yDomain: [-1, 1],
            series: [
              {
                points: sizes.flatMap(({ architectures, mean, range95 }) =>
                  mean === null ? [] : [{ x: architectures, y: mean, interval: range95 }],
                ),
                colour: 'positive',
              },
            ],
          },
          theme,
        ),
      table: () => ({
        header: ['target', 'architectures', 'meanPearson', 'low', 'high'],
        rows: sizes.map(({ architectures, mean, range95 }) => [
          target,
          architectures,
          mean,
          range95?.[0] ?? null,
          range95?.[1] ?? null,
        ]),
      }),
    }));
}
