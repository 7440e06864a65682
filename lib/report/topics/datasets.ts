import { ecdfChart } from '../charts/ecdf.ts';
import { scatterChart } from '../charts/scatter.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { commonRanks } from '../rankings.ts';
import { isPart, judgedDatasets, partsOf } from '../targets.ts';
import { counted, dash, percent, signed } from '../words/numbers.ts';
import { drawnSide } from './drawn.ts';
import { idPart, type Figure } from './figure.ts';
import type { Topic } from './topic.ts';
import { lineOf } from './transfer.ts';

/** Each dataset: its errors against those on the reference, and how they are distributed. */
export const datasets: Topic = {
  id: 'datasets',
  figures: (data) => [...scatterFigures(data), ...distributionFigures(data)],
  section: ({ data }) => ({
    name: 'Dataset by dataset',
    title: headline(data),
    content: joined([
      key(data),
      drawnSide(scatterFigures(data)),
      html`<h3>How errors are distributed</h3>
        <p class="sub">
          The share of the networks whose error is at most the value below. The steeper the curve, the less the choice
          of the network matters.
        </p>`,
      drawnSide(distributionFigures(data)),
      details('As a table', errorTable(data)),
    ]),
  }),
};

const size = { width: 220, height: 232, font: 12 };

function headline({ datasets: all, errors, titles }: PageData): string {
  const spreads = all
    .map((facts, index) => ({ isPart: isPart(facts), index, range: errorRange(errors[index]!) }))
    .filter((of) => !of.isPart && of.range !== undefined)
    .map(({ index, range }) => ({ title: titles[index]!.title, ratio: range!.high / Math.max(range!.low, 1e-6) }));
  const most = [...spreads].sort((a, b) => b.ratio - a.ratio)[0];
  return spreads.length < 2 || most === undefined || most.ratio < 1.2
    ? 'Dataset by dataset'
    : `Dataset by dataset: the choice of the network matters most on ${most.title}`;
}

/** How marks of networks are told apart. */
const key = (data: PageData) =>
  data.best.length === 0
    ? ''
    : html`<p class="sub">
        <span class="best">● ${data.best.length === 1 ? 'the best' : `the ${data.best.length} best`}</span> and
        <span class="worst">▲ ${data.worst.length === 1 ? 'the worst' : `the ${data.worst.length} worst`}</span> on
        ${titleOf(data, data.reference)}; all others are grey. The line is fitted by least squares to the accuracies on
        the chosen scale.
      </p>`;

/** Error on the reference against the error on each other dataset, with the fitted line; what lies furthest off is named. */
function scatterFigures(data: PageData): Figure[] {
  const { datasets: all, errors, best, worst, targets, architectures } = data;
  const reference = titleOf(data, data.reference);
  return judgedDatasets(data).map(({ dataset, title, short, role, pair }): Figure => {
    const column = all.findIndex((facts) => facts.dataset === dataset);
    const [x, y] = [errors[0]!, errors[column]!];
    const target = targets.find((candidate) => candidate.target === dataset);
    return {
      id: `scatter-${idPart(dataset, column)}`,
      alternative: `Error on ${reference} against error on ${title}, a point a network; rank correlation ${signed(pair.spearman)}`,
      isInteractive: true,
      isOfParts: role !== 'target',
      draw: (theme, { scale }) =>
        scatterChart(
          {
            heading: short,
            below: `ρ ${signed(pair.spearman)}, r ${signed(pair.pearson)}`,
            xTitle: `Error on ${reference}`,
            yTitle: 'Error',
            ...{ x, y, scale, best, worst, line: lineOf(target, scale), xKind: 'error', size },
            notes: furthest(data, column),
          },
          theme,
        ),
      table: () => ({
        header: ['architecture', `error on ${reference}`, `error on ${title}`],
        rows: architectures.map((name, row) => [name, x[row] ?? null, y[row] ?? null]),
      }),
    };
  });
}

/** Two networks: those whose errors lie far above all others, then those whose ranks differ most. */
function furthest(data: PageData, column: number) {
  const ranks = commonRanks(data.errors[0]!, data.errors[column]!);
  const move = (index: number) => Math.abs(ranks[index]![0] - ranks[index]![1]);
  const known = [...ranks.keys()].filter((index) => ranks[index]);
  const errors = data.errors[column]!;
  const isFar = beyond(known.map((index) => errors[index]!));
  const far = known.filter((index) => isFar(errors[index]!)).sort((a, b) => errors[b]! - errors[a]!);
  const moved = known.filter((index) => move(index) > known.length / 2).sort((a, b) => move(b) - move(a));
  return [...new Set([...far, ...moved])].slice(0, 2).map((index) => ({ index, lines: [data.architectures[index]!] }));
}

/** Whether an error lies more than three times the middle half above it (Tukey 1977: far out). */
function beyond(errors: readonly number[]): (error: number) => boolean {
  const sorted = [...errors].sort((a, b) => a - b);
  const [low, high] = [0.25, 0.75].map((share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0) as Interval;
  return (error) => error > high + 3 * (high - low);
}

type Interval = [low: number, high: number];

/** Lowest, median and highest of the errors on a dataset; undefined if there is none. */
function errorRange(errors: readonly (number | null)[]): { low: number; median: number; high: number } | undefined {
  const sorted = errors.filter((error) => error !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { low: sorted[0]!, median, high: sorted.at(-1)! };
}

/** The empirical distribution of the errors on each dataset. */
function distributionFigures({ datasets: all, errors, best, worst, architectures, titles }: PageData): Figure[] {
  return all.map((facts, index): Figure => {
    const { title, short } = titles[index]!;
    const range = errorRange(errors[index]!);
    const inWords =
      range === undefined
        ? 'no errors'
        : `${percent(range.low, 1)} to ${percent(range.high, 1)}, median ${percent(range.median, 1)}`;
    return {
      id: `distribution-${idPart(facts.dataset, index)}`,
      alternative: `Empirical distribution of the errors on ${title}: ${inWords}`,
      isInteractive: true,
      isOfParts: isPart(facts),
      draw: (theme, { scale }) =>
        ecdfChart(
          {
            heading: short,
            below: range === undefined ? inWords : `median ${percent(range.median, 1)}`,
            xTitle: 'Error',
            yTitle: 'Share of networks',
            ...{ errors: errors[index]!, scale, best, worst, size: { ...size, height: 200 } },
          },
          theme,
        ),
      table: () => ({
        header: ['architecture', `error on ${title}`],
        rows: architectures.map((name, row) => [name, errors[index]![row] ?? null]),
      }),
    };
  });
}

function errorTable(data: PageData) {
  const parts = partsOf(data);
  return htmlTable(
    ['dataset', 'networks', 'lowest error', 'median', 'highest', 'best network'],
    data.datasets.map((_, index) => {
      const column = data.errors[index]!;
      const range = errorRange(column);
      const best = range === undefined ? -1 : column.indexOf(range.low);
      return [
        ...[data.titles[index]!.title, column.filter((error) => error !== null).length],
        ...[percent(range?.low), percent(range?.median), percent(range?.high), data.architectures[best] ?? dash],
      ];
    }),
    {
      caption: `Errors of ${counted(data.architectures.length, 'network')}`,
      isOfParts: (row) => parts.has(data.datasets[row]!.dataset),
    },
  );
}
