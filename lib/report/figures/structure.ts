import { groupBy } from '../../analysis/group-by.ts';
import { heatmapChart } from '../charts/heatmap.ts';
import { intervalChart } from '../charts/intervals.ts';
import { scatterChart } from '../charts/scatter.ts';
import { inSentence, signed, threeDigits } from '../words/numbers.ts';
import type { PageData, PageParameter } from '../page-data.ts';
import { isPart, scopesOf } from '../parts.ts';
import { titleOf } from '../titles.ts';
import { idPart, type Figure } from './figure.ts';

/** Correlations of structure parameters and complexities with the error on each dataset, plain and at fixed size. */
export function effectFigures(data: PageData): Figure[] {
  const { effects, datasets } = data;
  const keys = [...new Set(effects.map(({ parameter }) => parameter))];
  if (keys.length === 0) return [];
  const effect = new Map(effects.map((of) => [JSON.stringify([of.parameter, of.dataset]), of]));
  const fixed = effects.find((of) => of.fixed !== null)?.fixed;
  const figure = (id: string, what: string, coefficient: 'pearson' | 'partialPearson') =>
    scopesOf(data).map(({ isOfParts, has }): Figure => {
      const columns = datasets.map(({ dataset }) => dataset).filter(has);
      const value = (row: number, column: number) =>
        effect.get(JSON.stringify([keys[row], columns[column]]))?.[coefficient] ?? null;
      return {
        id: isOfParts ? `${id}-of-parts` : id,
        alternative: `${what} with the error on each dataset; the table below it has the numbers`,
        isOfParts,
        draw: (theme) => heatmapChart({ rows: keys.map((key) => titleOf(data, key)), columns, value }, theme),
        table: () => ({
          header: ['parameter', ...columns],
          rows: keys.map((key, row) => [key, ...columns.map((_, column) => value(row, column))]),
        }),
      };
    });
  return [
    ...figure('structure', "Pearson's r of structure parameters", 'pearson'),
    ...(fixed == null
      ? []
      : figure(
          'structure-at-fixed-size',
          `Pearson's r of structure parameters at fixed ${inSentence(titleOf(data, fixed))}`,
          'partialPearson',
        )),
  ];
}

/** Values of the parameter that a reader looks at first: those of which the paper speaks, else the first. */
export function firstParameter({ parameters }: PageData): PageParameter | undefined {
  return parameters.find(({ key }) => key === 'cumulativeWidth') ?? parameters[0];
}

/** A structure parameter against the error on each dataset. */
export function parameterFigures(data: PageData): Figure[] {
  const { datasets, errors, best, worst, architectures, effects, parameters } = data;
  const first = firstParameter(data);
  if (first === undefined) return [];
  return datasets.map((facts, index): Figure => {
    const { dataset } = facts;
    const chosen = (key: string | undefined) => parameters.find((parameter) => parameter.key === key) ?? first;
    const valuesOf = ({ values }: PageParameter) => (values[index] ?? values[0])!;
    return {
      id: `parameter-${idPart(dataset, index)}`,
      alternative: `A structure parameter (${first.title} unless another is chosen) against the error on ${dataset}, a point an architecture`,
      isInteractive: true,
      isOfParts: isPart(facts),
      draw: (theme, { scale, parameter }) => {
        const { key, title, ...rest } = chosen(parameter);
        const x = valuesOf({ key, title, ...rest });
        const defined = x.filter((value) => value !== null);
        const isWide = Math.min(...defined) > 0 && Math.max(...defined) > 8 * Math.min(...defined);
        const r = effects.find((of) => of.parameter === key && of.dataset === dataset);
        return scatterChart(
          {
            heading: dataset,
            below: `r ${signed(r?.pearson)}, rank correlation ${signed(r?.spearman)}`,
            xTitle: title,
            yTitle: 'error',
            ...{ x, y: errors[index]!, scale, best, worst, xKind: isWide ? 'log' : 'linear' },
          },
          theme,
        );
      },
      table: () => ({
        header: ['architecture', ...parameters.map(({ key }) => key), `error on ${dataset}`],
        rows: architectures.map((name, row) => [
          name,
          ...parameters.map((parameter) => valuesOf(parameter)[row] ?? null),
          errors[index]![row] ?? null,
        ]),
      }),
    };
  });
}

/** For each parameter the values of the best networks on each dataset, in their own unit. */
export function rangeFigures(data: PageData): Figure[] {
  const byParameter = groupBy(data.ranges, ({ parameter }) => parameter);
  return [...byParameter].map(([key, ranges], index): Figure => ({
    id: `range-${idPart(key, index)}`,
    alternative: `${titleOf(data, key)} of the best networks: ${ranges.map(({ dataset, low, median, high }) => `${dataset} ${threeDigits(low)} to ${threeDigits(high)}, median ${threeDigits(median)}`).join('; ')}`,
    draw: (theme) =>
      intervalChart(
        {
          rows: ranges.map(({ dataset, low, median, high }) => ({
            label: dataset,
            marks: [{ value: median, interval: [low, high] }],
          })),
          title: `${titleOf(data, key)} of the best networks`,
        },
        theme,
      ),
    table: () => ({
      header: ['parameter', 'dataset', 'n', 'low', 'median', 'high'],
      rows: ranges.map(({ parameter, dataset, n, low, median, high }) => [parameter, dataset, n, low, median, high]),
    }),
  }));
}
