import { linesChart } from '../charts/lines.ts';
import { clusteredOrder, matrixChart, matrixTable } from '../charts/matrix.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined } from '../markup.ts';
import { shortTitleOf, titleOf, type PageData } from '../page-data.ts';
import { isPart, partsOf } from '../targets.ts';
import { listed, signed, signedInterval } from '../words/numbers.ts';
import { drawn, drawnSide } from './drawn.ts';
import { idPart, type Figure } from './figure.ts';
import type { Topic } from './topic.ts';

/** Which datasets rank the networks alike. */
export const pairs: Topic = {
  id: 'pairs',
  figures: (data) => [...pairsFigures(data), ...populationFigures(data)],
  section: ({ data }) => {
    const figures = pairsFigures(data);
    if (figures.length === 0) return undefined;
    const populations = populationFigures(data);
    const parts = partsOf(data);
    return {
      name: 'Which datasets agree',
      title: headline(data),
      content: joined([
        html`<p class="sub">
          Rank correlation of the errors on every two datasets, in an order in which datasets that agree stand together
          (average linkage). ${mostAndLeast(data)}
        </p>`,
        ...figures.map(drawn),
        details(
          'All coefficients with intervals',
          htmlTable(
            [
              ...['dataset', 'and', 'n', 'ρ', '95 % interval', 'r', '95 % interval'],
              ...['τ-b', '95 % interval', 'weighted τ', '95 % interval'],
            ],
            data.correlations.map((of) => [
              ...[titleOf(data, of.a), titleOf(data, of.b), of.n, signed(of.spearman), signedInterval(of.spearmanCi95)],
              ...[signed(of.pearson), signedInterval(of.pearsonCi95), signed(of.kendallTauB)],
              ...[signedInterval(of.kendallTauBCi95), signed(of.weightedTau), signedInterval(of.weightedTauCi95)],
            ]),
            { isOfParts: (row) => parts.has(data.correlations[row]!.a) || parts.has(data.correlations[row]!.b) },
          ),
        ),
        populations.length === 0
          ? ''
          : details(
              'How sure this would be with fewer networks',
              html`<p>
                r with ${titleOf(data, data.reference)} over random samples of the networks: its mean, and the range
                that holds 95 % of the samples.
              </p>`,
              drawnSide(populations),
            ),
      ]),
    };
  },
};

/** Which two datasets rank the networks most and least alike, of those that the headline is of. */
function mostAndLeast(data: PageData): string {
  const isNamed = headline(data) !== unnamed;
  const parts = partsOf(data);
  const sorted = data.correlations
    .filter(({ a, b, spearman }) => spearman !== null && !(isNamed && (parts.has(a) || parts.has(b))))
    .sort((x, y) => y.spearman! - x.spearman!);
  const [most, least] = [sorted[0], sorted.at(-1)];
  if (most === undefined || least === undefined || sorted.length < 3) return '';
  const told = ({ a, b, spearman }: typeof most) =>
    `${[a, b].map((dataset) => `“${shortTitleOf(data, dataset)}”`).join(' and ')} (ρ ${signed(spearman)})`;
  return isNamed ? `Least alike are ${told(least)}.` : `Most alike are ${told(most)}, least alike ${told(least)}.`;
}

const unnamed = 'Which datasets agree with which';

function headline(data: PageData): string {
  const parts = partsOf(data);
  const whole = data.correlations.filter(({ a, b, spearman }) => !parts.has(a) && !parts.has(b) && spearman !== null);
  const sorted = [...whole].sort((x, y) => y.spearman! - x.spearman!);
  const [most] = sorted;
  if (most === undefined || sorted.length < 2) return unnamed;
  return `${listed([titleOf(data, most.a), titleOf(data, most.b)])} agree most`;
}

function pairsFigures(data: PageData): Figure[] {
  if (data.correlations.length === 0) return [];
  const names = data.datasets.map(({ dataset }) => dataset);
  const spearman = new Map(
    data.correlations.flatMap(
      ({ a, b, spearman: rho }) =>
        [
          [JSON.stringify([a, b]), rho],
          [JSON.stringify([b, a]), rho],
        ] as const,
    ),
  );
  const between = (row: number, column: number) => spearman.get(JSON.stringify([names[row], names[column]])) ?? null;
  const order = clusteredOrder(names.length, between);
  const value = (row: number, column: number) => between(order[row]!, order[column]!);
  const input = {
    names: order.map((index) => ({
      title: shortTitleOf(data, names[index]!),
      isOfParts: isPart(data.datasets[index]!),
    })),
    value,
  };
  return [
    {
      id: 'all-pairs',
      alternative: 'Rank correlation of the errors on every pair of datasets; the table below has the numbers',
      draw: (theme) => matrixChart(input, theme),
      asTable: () => matrixTable(input),
      table: () => ({
        header: ['dataset', ...order.map((index) => names[index]!)],
        rows: order.map((index, row) => [
          names[index]!,
          ...order.map((_, column) => (row === column ? 1 : value(row, column))),
        ]),
      }),
    },
  ];
}

/** How far r with the reference would scatter with fewer networks. */
function populationFigures(data: PageData): Figure[] {
  const parts = partsOf(data);
  return data.populationSizes
    .filter(({ sizes }) => sizes.length > 1)
    .map(({ target, sizes }, index): Figure => ({
      id: `population-${idPart(target, index)}`,
      isOfParts: parts.has(target),
      alternative: `r with ${titleOf(data, target)} over fewer networks: ${sizes.map(({ architectures, range95 }) => `${architectures}: ${range95 === null ? 'undefined' : range95.map((end) => end.toFixed(2)).join(' to ')}`).join('; ')}`,
      draw: (theme) =>
        linesChart(
          {
            heading: shortTitleOf(data, target),
            xTitle: 'Networks',
            yTitle: 'r',
            yDomain: [-1, 1],
            series: [
              {
                points: sizes.flatMap(({ architectures, mean, range95 }) =>
                  mean === null ? [] : [{ x: architectures, y: mean, interval: range95 }],
                ),
                colour: 'ink',
              },
            ],
            size: { width: 220, height: 200, font: 12 },
          },
          theme,
        ),
      table: () => ({
        header: ['target', 'architectures', 'meanPearson', 'low', 'high'],
        rows: sizes.map(({ architectures, mean, range95 }) => [
          ...[target, architectures, mean, range95?.[0] ?? null, range95?.[1] ?? null],
        ]),
      }),
    }));
}
