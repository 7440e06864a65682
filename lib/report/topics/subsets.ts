import { groupBy } from '../group-by.ts';
import type { SubsetComparison } from '../../analysis/index.ts';
import { linesChart, type LineSeries } from '../charts/lines.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined, type Markup } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { referencePairs } from '../targets.ts';
import {
  counted,
  dash,
  listed,
  percent,
  pValue,
  signed,
  signedInterval,
  someOf,
  withInterval,
} from '../words/numbers.ts';
import { drawn, drawnSide } from './drawn.ts';
import { idPart, type Figure } from './figure.ts';
import type { Finding, Topic } from './topic.ts';

/** Whether the reference restricted to fewer classes, or to fewer images, tells more of the targets. */
export const subsets: Topic = {
  id: 'subsets',
  figures: subsetFigures,
  finding,
  card: (data) => {
    const figures = subsetFigures(data);
    const [only] = figures;
    if (only === undefined) return undefined;
    if (figures.length === 1) return drawn(only);
    return joined([
      drawnSide(figures),
      html`<p class="note">
        ρ with the ranking on each dataset, by the number of classes:
        <span class="classes">fewer classes</span>${
          data.subsets.every(({ control }) => control === null)
            ? ''
            : html` and <span class="images">as few images, of all classes</span>`
        }.
      </p>`,
    ]);
  },
  numbers: (data) =>
    data.subsets.length === 0
      ? undefined
      : { title: `${titleOf(data, data.reference)} with fewer classes or images`, content: numbers(data) },
};

/** Comparisons of the reference's subsets by target, in the order of the targets. */
const byTarget = ({ subsets: all }: PageData): Map<string, SubsetComparison[]> => groupBy(all, ({ target }) => target);

function finding(data: PageData): Finding | undefined {
  const all = data.subsets;
  if (all.length === 0) return undefined;
  const count = (verdict: SubsetComparison['verdict']) => all.filter((of) => of.verdict === verdict).length;
  const [better, worse] = [count('higher'), count('lower')];
  return {
    headline: headline(titleOf(data, data.reference), all, better, worse),
    sentence: [
      better > 0 && worse === 0 ? 'The paper found the same on ImageNet.' : '',
      worse > 0 && better === 0 ? 'The paper found the opposite on ImageNet.' : '',
      explanation(all),
    ]
      .filter((part) => part !== '')
      .join(' '),
    evidence: all.map(
      ({ target, classes, difference, differenceCi95, isOfThisDraw }) =>
        `${titleOf(data, target)}, ${counted(classes, 'class', 'classes')}${isOfThisDraw ? ' (of this draw)' : ''}: ρ changes by ${withInterval(difference, differenceCi95)}`,
    ),
  };
}

function headline(reference: string, all: readonly SubsetComparison[], better: number, worse: number): string {
  const subject = all.every(({ isOfThisDraw }) => isOfThisDraw)
    ? 'This draw of fewer classes makes'
    : 'Fewer classes make';
  if (better > 0 && worse > 0)
    return `${subject} ${reference} a better guide in some comparisons and a worse one in others`;
  if (better + worse === 0) return `It is undecided whether fewer classes make ${reference} a better guide`;
  const extent =
    better + worse < all.length
      ? ` in ${better + worse} of ${all.length} comparisons`
      : worse > 0
        ? ', not a better one'
        : '';
  return `${subject} ${reference} a ${better > 0 ? 'better' : 'worse'} guide${extent}`;
}

/** What fewer images explain, and what is left for fewer classes. */
function explanation(all: readonly SubsetComparison[]): string {
  const controlled = all.flatMap(({ classes, control }) => (control === null ? [] : [{ classes, control }]));
  if (controlled.length === 0)
    return 'No network was trained on as few images of all classes, so an effect of fewer classes cannot be told from one of fewer images.';
  const explained = controlled.filter(({ control }) => control.explained !== null);
  const count = (verdict: SubsetComparison['verdict']) =>
    controlled.filter(({ control }) => control.verdict === verdict).length;
  const [better, worse] = [count('higher'), count('lower')];
  const rest =
    better + worse === 0
      ? 'no difference is shown'
      : `fewer classes are worse in ${someOf(worse, controlled.length, 'comparison')} and better in ${someOf(better, controlled.length, 'comparison')}`;
  return [
    ...(explained.length === 0 || explained.length > 3
      ? []
      : [
          `Having fewer images explains ${listed(explained.map(({ classes, control }) => `${percent(control.explained, 0)} of the change with ${classes} classes`))}.`,
        ]),
    `Compared with training on as few images of all classes, ${rest}.`,
  ].join(' ');
}

/** For each target: ρ with the reference, with its subsets and with as few images of all classes, as lines over the classes. */
function subsetFigures(data: PageData): Figure[] {
  const targets = [...byTarget(data)];
  return targets.map(([target, comparisons], index): Figure => {
    const title = titleOf(data, target);
    const pair = referencePairs(data).find(({ b }) => b === target);
    const sorted = [...comparisons].sort((a, b) => b.classes - a.classes);
    const start = { x: 0, y: pair?.spearman ?? 0, interval: pair?.spearmanCi95 };
    const draws = Math.max(...sorted.map((of) => of.draws.length));
    const classes: LineSeries = {
      colour: 'classes',
      intervals: 'whiskers',
      name: ['fewer classes', ...(draws > 1 ? [`mean of ${draws} draws`] : [])],
      points: [
        ...(pair?.spearman == null ? [] : [start]),
        ...sorted.flatMap((of, step) =>
          of.meanSpearman === null
            ? []
            : [
                {
                  x: step + 1,
                  y: of.meanSpearman,
                  interval: of.meanSpearmanCi95,
                  single: of.draws.length < 2 ? [] : of.draws.flatMap(({ spearman }) => spearman ?? []),
                },
              ],
        ),
      ],
    };
    const images: LineSeries = {
      colour: 'images',
      intervals: 'whiskers',
      name: ['fewer images,', 'all classes'],
      points: [
        ...(pair?.spearman == null ? [] : [start]),
        ...sorted.flatMap((of, step) =>
          of.control?.spearman == null
            ? []
            : [{ x: step + 1, y: of.control.spearman, interval: of.control.spearmanCi95 }],
        ),
      ],
    };
    const whole: LineSeries = { colour: 'ink', intervals: 'whiskers', points: pair?.spearman == null ? [] : [start] };
    const hasControls = sorted.some(({ control }) => control?.spearman != null);
    const series = [...(hasControls ? [images] : []), classes, whole];
    const lowest = Math.min(
      0,
      ...series.flatMap(({ points }) => points.flatMap(({ y, interval }) => [y, ...(interval ?? [])])),
    );
    const isAlone = targets.length === 1;
    return {
      id: `subsets-${idPart(target, index)}`,
      alternative: `ρ with ${title}: ${signed(pair?.spearman)} with all classes; ${sorted.map((of) => `${of.classes} classes ${withInterval(of.meanSpearman, of.meanSpearmanCi95)}${of.control === null ? '' : `, as few images of all classes ${signed(of.control.spearman)}`}`).join('; ')}`,
      hasNarrow: isAlone,
      draw: (theme, _display, form = 'wide') =>
        linesChart(
          {
            ...(isAlone ? {} : { heading: title }),
            xTitle: isAlone ? '' : 'Classes',
            yTitle: isAlone ? `ρ with errors on ${title}` : 'ρ',
            xNames: [
              { x: 0, text: isAlone ? 'all classes' : 'all' },
              ...sorted.map((of, step) => ({
                x: step + 1,
                text: isAlone ? `${of.classes} classes` : String(of.classes),
              })),
            ],
            series: isAlone ? series : series.map((of) => ({ ...of, name: [] })),
            yDomain: [lowest, 1],
            size: !isAlone
              ? { width: 220, height: 200, font: 12 }
              : form === 'wide'
                ? { width: 470, height: 260, font: 13 }
                : { width: 358, height: 250, font: 13 },
          },
          theme,
        ),
      table: () => ({
        header: [
          ...['target', 'classes', 'dataset', 'role', 'spearman', 'low', 'high', 'pearson'],
          ...['differenceToReference', 'differenceLow', 'differenceHigh', 'verdict'],
        ],
        rows: sorted.flatMap((of) => [
          ...of.draws.map((draw) => [
            ...[
              target,
              of.classes,
              draw.dataset,
              'draw',
              draw.spearman,
              null,
              null,
              draw.pearson,
              null,
              null,
              null,
              null,
            ],
          ]),
          [
            ...[target, of.classes, null, 'mean of draws', of.meanSpearman, of.meanSpearmanCi95?.[0] ?? null],
            ...[of.meanSpearmanCi95?.[1] ?? null, of.meanPearson, of.difference, of.differenceCi95?.[0] ?? null],
            ...[of.differenceCi95?.[1] ?? null, of.verdict],
          ],
          ...(of.control === null ? [] : [controlRow(target, of.classes, of.control)]),
        ]),
      }),
    };
  });
}

const controlRow = (target: string, classes: number, control: NonNullable<SubsetComparison['control']>) => [
  ...[target, classes, control.datasets.join(' '), 'control', control.spearman, control.spearmanCi95?.[0] ?? null],
  ...[control.spearmanCi95?.[1] ?? null, control.pearson, control.toReference.difference],
  ...[control.toReference.differenceCi95?.[0] ?? null, control.toReference.differenceCi95?.[1] ?? null],
  control.toReference.verdict,
];

function numbers(data: PageData): Markup {
  const { subsets: all } = data;
  const reference = titleOf(data, data.reference);
  const controlled = all.flatMap(({ target, classes, control }) =>
    control === null ? [] : [{ target, classes, control }],
  );
  return joined([
    html`<p>
      ρ of each dataset with ${reference} and with its subsets of fewer classes, the mean over the draws of classes,
      which are a sample of all draws. Intervals of differences hold for all comparisons of a table together.
    </p>`,
    htmlTable(
      [
        ...[
          'dataset',
          'classes',
          'draws',
          'networks',
          'mean ρ',
          '95 % interval',
          'deviation over draws',
          'ρ, all classes',
        ],
        ...['difference', '95 % interval', 'p', 'p (corrected)', 'verdict', 'mean r', 'r, all classes'],
      ],
      all.map((of) => [
        ...[titleOf(data, of.target), of.classes, of.draws.length, of.n, signed(of.meanSpearman)],
        ...[signedInterval(of.meanSpearmanCi95), of.drawDeviation === null ? dash : of.drawDeviation.toFixed(2)],
        ...[signed(of.referenceSpearman), signed(of.difference), signedInterval(of.differenceCi95)],
        ...[pValue(of.pValue), pValue(of.pValueCorrected), of.isOfThisDraw ? `${of.verdict} (this draw)` : of.verdict],
        ...[signed(of.meanPearson), signed(of.referencePearson)],
      ]),
    ),
    controlled.length === 0
      ? ''
      : details(
          'Fewer classes or fewer images?',
          html`<p>A control has as many images as the subset, but of all classes.</p>`,
          htmlTable(
            [
              ...['dataset', 'classes', 'ρ of the control', '95 % interval', 'subset minus control', '95 % interval'],
              ...['verdict', `control minus ${reference}`, '95 % interval', 'verdict', 'share explained'],
            ],
            controlled.map(({ target, classes, control }) => [
              ...[titleOf(data, target), classes, signed(control.spearman), signedInterval(control.spearmanCi95)],
              ...[signed(control.difference), signedInterval(control.differenceCi95), control.verdict],
              ...[signed(control.toReference.difference), signedInterval(control.toReference.differenceCi95)],
              ...[control.toReference.verdict, percent(control.explained, 0)],
            ]),
          ),
        ),
    details(
      `Every draw (${all.reduce((sum, { draws }) => sum + draws.length, 0)})`,
      htmlTable(
        ['dataset', 'subset', 'n', 'ρ', 'r'],
        all.flatMap(({ target, draws }) =>
          draws.map((draw) => [
            ...[
              titleOf(data, target),
              titleOf(data, draw.dataset),
              draw.n,
              signed(draw.spearman),
              signed(draw.pearson),
            ],
          ]),
        ),
      ),
    ),
  ]);
}
