import { heatmapChart } from '../charts/heatmap.ts';
import type { PageData } from '../page-data.ts';
import { scopesOf } from '../parts.ts';
import type { Figure } from './figure.ts';

/** Pearson's r of every pair of datasets; where the reference has parts, one figure without them and one with them. */
export const pairsFigures = (data: PageData): Figure[] =>
  scopesOf(data).map(({ isOfParts, has }) =>
    pairsFigure(
      data,
      data.datasets.map(({ dataset }) => dataset).filter((dataset) => isOfParts || has(dataset)),
      isOfParts,
    ),
  );

function pairsFigure({ correlations }: PageData, names: readonly string[], isOfParts: boolean): Figure {
  const pearson = new Map(
    correlations.flatMap(
      ({ a, b, pearson: r }) =>
        [
          [`${JSON.stringify([a, b])}`, r],
          [JSON.stringify([b, a]), r],
        ] as const,
    ),
  );
  const value = (row: number, column: number) =>
    row === column ? 1 : (pearson.get(JSON.stringify([names[row], names[column]])) ?? null);
  return {
    id: isOfParts ? 'all-pairs-with-parts' : 'all-pairs',
    isOfParts,
    alternative: "Pearson's r of the errors on every pair of datasets; the table below it has the numbers",
    draw: (theme) => heatmapChart({ rows: names, columns: names, value }, theme),
    table: () => ({
      header: ['dataset', ...names],
      rows: names.map((name, row) => [name, ...names.map((_, column) => value(row, column))]),
    }),
  };
}
