import { linesChart } from '../charts/lines.ts';
import { htmlTable } from '../elements.ts';
import { html, joined, type Markup } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { isPart, partsOf } from '../targets.ts';
import {
  capitalized,
  dash,
  numberWord,
  percent,
  percentInterval,
  pValue,
  signed,
  signedInterval,
} from '../words/numbers.ts';
import { drawn } from './drawn.ts';
import type { Figure } from './figure.ts';
import type { Finding, Topic } from './topic.ts';

/** How early in training the final ranking is visible. */
export const settling: Topic = {
  id: 'settling',
  figures: settlingFigures,
  finding,
  card: (data) => {
    const [figure] = settlingFigures(data);
    return figure && drawn(figure);
  },
  numbers: (data) =>
    data.curves.length === 0 ? undefined : { title: 'How early the ranking settles', content: numbers(data) },
};

const wholeCurves = (data: PageData) => {
  const parts = partsOf(data);
  return data.curves.filter(({ dataset }) => !parts.has(dataset));
};

function finding(data: PageData): Finding | undefined {
  const curves = wholeCurves(data);
  if (curves.length === 0) return undefined;
  const repeated = curves.filter(({ acrossSeeds }) => acrossSeeds);
  const told = repeated.flatMap(({ visibleFrom }) => visibleFrom ?? []);
  const epochs = Math.max(...curves.map((curve) => curve.epochs));
  return {
    headline: headline(repeated.length, told, epochs),
    sentence:
      repeated.length === 0
        ? 'Rank correlation of the validation errors after each epoch with the final test errors of the same training. Both share the noise of that training, so the curve looks better than it is.'
        : `Rank correlation of the validation errors after each epoch with the final test errors of another seed.${told.length === 0 ? '' : ' From the marked epoch on it is shown to be at least 0.9 of its last value.'}`,
    evidence: curves.map(
      ({ dataset, visibleFrom, epochs: all }) =>
        `${titleOf(data, dataset)}: ${visibleFrom === null ? `not shown before the last of ${all} epochs` : `from epoch ${visibleFrom} of ${all} on`}`,
    ),
  };
}

/** @param repeated datasets with several seeds, `told` the epochs from which the ranking is visible on some of them */
function headline(repeated: number, told: readonly number[], epochs: number): string {
  if (repeated === 0) return 'One seed cannot tell how early the ranking settles';
  if (told.length === 0) return 'No epoch before the last is shown to settle the ranking';
  const [first, last] = [Math.min(...told), Math.max(...told)];
  const range = first === last ? numberWord(first) : `${numberWord(first)} to ${numberWord(last)}`;
  const where = told.length === repeated ? '' : ` on ${numberWord(told.length)} of ${numberWord(repeated)} datasets`;
  return `${capitalized(range)} of ${numberWord(epochs)} epochs ${last === 1 ? 'settles' : 'settle'} the ranking${where}`;
}

/** More lines than this cannot be told apart. */
const mostNamed = 6;

function settlingFigures(data: PageData): Figure[] {
  const curves = wholeCurves(data);
  if (curves.length === 0) return [];
  const isNamed = curves.length <= mostNamed;
  return [
    {
      id: 'settling',
      alternative: `Rank correlation between the errors after each epoch and the final ones: ${curves.map(({ dataset, points }) => `${titleOf(data, dataset)} ${points.map(({ epoch, spearman }) => `${epoch}: ${signed(spearman)}`).join(', ')}`).join('; ')}`,
      hasNarrow: true,
      draw: (theme, _display, form = 'wide') =>
        linesChart(
          {
            xTitle: 'Epoch',
            yTitle: 'ρ with the final ranking',
            yDomain: [
              Math.min(0, ...curves.flatMap(({ points }) => points.flatMap(({ spearman }) => spearman ?? []))),
              1,
            ],
            series: curves.map(({ dataset, points, visibleFrom }) => {
              const isReference = dataset === data.reference;
              return {
                colour: isReference ? 'ink' : 'muted',
                isDashed: !isReference,
                ...(isNamed ? { name: [titleOf(data, dataset)] } : {}),
                points: points.flatMap(({ epoch, spearman }) =>
                  spearman === null
                    ? []
                    : [
                        {
                          x: epoch,
                          y: spearman,
                          ...(isNamed && epoch === visibleFrom ? { note: `epoch ${epoch}` } : {}),
                        },
                      ],
                ),
              };
            }),
            size: form === 'wide' ? { width: 470, height: 260, font: 13 } : { width: 358, height: 240, font: 13 },
          },
          theme,
        ),
      table: () => ({
        header: [
          'dataset',
          'epoch',
          'n',
          'spearman',
          'spearmanLow',
          'spearmanHigh',
          'share',
          'shareLow',
          'shareHigh',
          'pValueCorrected',
        ],
        rows: data.curves.flatMap(({ dataset, points }) =>
          points.map((of) => [
            ...[dataset, of.epoch, of.n, of.spearman, of.spearmanCi95?.[0] ?? null, of.spearmanCi95?.[1] ?? null],
            ...[of.share, of.shareCi95?.[0] ?? null, of.shareCi95?.[1] ?? null, of.pValueCorrected],
          ]),
        ),
      }),
    },
  ];
}

function numbers(data: PageData): Markup {
  const rows = data.curves.flatMap((curve) => curve.points.map((point) => ({ ...curve, point })));
  const isOfParts = (dataset: string) => isPart(data.datasets.find((facts) => facts.dataset === dataset)!);
  return joined([
    html`<p>
      Rank correlation between the validation errors after an epoch and the final test errors, of other seeds if there
      are any; the share is that of its value after the last epoch. If it is high early, the rest of the training could
      be spared.
    </p>`,
    htmlTable(
      [
        'dataset',
        'settled from epoch',
        'epoch',
        'of',
        'n',
        'ρ',
        '95 % interval',
        'share',
        '95 % interval',
        'p (corrected)',
      ],
      rows.map(({ dataset, visibleFrom, epochs, point }) => [
        ...[titleOf(data, dataset), visibleFrom === null ? dash : String(visibleFrom), point.epoch, epochs, point.n],
        ...[signed(point.spearman), signedInterval(point.spearmanCi95)],
        ...[percent(point.share, 0), percentInterval(point.shareCi95, 0), pValue(point.pValueCorrected)],
      ]),
      { isOfParts: (row) => isOfParts(rows[row]!.dataset) },
    ),
  ]);
}
