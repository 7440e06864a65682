import type { ClassError } from '../../analysis/index.ts';
import { intervalChart, intervalTable, type IntervalPlot } from '../charts/intervals.ts';
import { groupBy } from '../group-by.ts';
import { details } from '../elements.ts';
import { html, joined } from '../markup.ts';
import { titleOf, type PageData } from '../page-data.ts';
import { byError, classDifference, hardestClasses, tellingClasses } from '../shown-classes.ts';
import { isPart } from '../targets.ts';
import { counted, dash, grouped, listed, percent } from '../words/numbers.ts';
import { drawn } from './drawn.ts';
import { idPart, type Figure } from './figure.ts';
import type { Topic } from './topic.ts';

/** Which classes of a dataset are hard for every network, and which tell good networks from bad ones. */
export const classes: Topic = {
  id: 'classes',
  figures: classFigures,
  section: ({ data }) => {
    const figures = classFigures(data);
    if (figures.length === 0) return undefined;
    const whole = figures.filter(({ isOfParts }) => isOfParts !== true);
    const parts = figures.filter(({ isOfParts }) => isOfParts === true);
    return {
      name: 'Class by class',
      title: headline(data),
      content: joined([
        html`<p class="sub">
          Error on the test images of each class: the mean over all networks, and over the
          <span class="best">● third with the fewest errors</span> and the
          <span class="worst">▲ third with the most errors</span> on the dataset. A class whose marks both lie far to
          the right is hard for every network; a class whose marks lie far apart tells good networks from bad ones.
        </p>`,
        html`<div class="cards">${whole.slice(0, mostShown).map(card)}</div>`,
        whole.length <= mostShown
          ? ''
          : details(
              `The same for ${counted(whole.length - mostShown, 'other dataset')}`,
              html`<div class="cards">${whole.slice(mostShown).map(card)}</div>`,
            ),
        parts.length === 0
          ? ''
          : html`<div class="part">
              ${details(`The same for ${counted(parts.length, 'subset')}`, html`<div class="cards">${parts.map(card)}</div>`)}
            </div>`,
      ]),
    };
  },
};

/** Datasets whose classes are shown at once. */
const mostShown = 4;

const card = (figure: Figure) =>
  html`<div class="card">
    <h3>${figure.heading}</h3>
    ${drawn(figure)}
  </div>`;

const byDataset = ({ classErrors }: PageData) => groupBy(classErrors, ({ dataset }) => dataset);

/** Names the hardest class of the reference, and of another dataset if there is only one. */
function headline(data: PageData): string {
  const hardest = [...byDataset(data)]
    .filter(([name]) => !isPart(data.datasets.find(({ dataset }) => dataset === name)!))
    .map(([name, all]) => ({ title: titleOf(data, name), first: byError(all)[0]! }));
  if (hardest.length === 0 || hardest.length > 2) return 'Class by class: what is hard for every network';
  return `Class by class: the hardest is ${listed(hardest.map(({ title, first }) => `“${first.class}” on ${title}`))}`;
}

/** In percentage points. */
function apart(of: ClassError): string {
  const difference = classDifference(of);
  return difference === null ? dash : (100 * difference).toFixed(1);
}

function classFigures(data: PageData): Figure[] {
  return [...byDataset(data)].map(([dataset, all], index): Figure => {
    const title = titleOf(data, dataset);
    const sorted = byError(all);
    const { classes: count } = all[0]!;
    const row = (of: ClassError) => ({
      label: of.class,
      marks:
        of.ofBestThird === null || of.ofWorstThird === null
          ? [{ value: of.error, colour: 'ink' as const }]
          : [
              {
                value: of.ofBestThird,
                interval: [of.ofBestThird, of.ofWorstThird] as const,
                colour: 'neutral' as const,
              },
              { value: of.ofWorstThird, kind: 'triangle' as const, colour: 'worst' as const },
              { value: of.ofBestThird, colour: 'best' as const },
            ],
      cells: [percent(of.error, 1), apart(of)],
    });
    const group = (label: string, members: readonly ClassError[]) => [
      { label, marks: [], cells: ['', ''], isHeading: true },
      ...members.map(row),
    ];
    const plot: IntervalPlot = {
      header: 'Class',
      columns: ['error', 'points apart'],
      axis: `Error on the test images of each class of ${title}`,
      domain: [0, Math.max(0.01, ...all.map(({ error, ofWorstThird }) => Math.max(error, ofWorstThird ?? 0)))],
      text: (value) => (100 * value).toFixed(0),
      rows:
        all.length === count
          ? sorted.map(row)
          : [
              ...group(`The hardest of ${grouped(count)} classes`, hardestClasses(all)),
              ...group('Those that tell networks apart most', tellingClasses(all)),
            ],
    };
    return {
      id: `classes-${idPart(dataset, index)}`,
      heading: title,
      alternative: `Error by class on ${title}: ${sorted.map((of) => `${of.class} ${percent(of.error, 1)}${of.ofBestThird === null ? '' : ` (best third ${percent(of.ofBestThird, 1)}, worst third ${percent(of.ofWorstThird, 1)})`}`).join('; ')}`,
      isOfParts: isPart(data.datasets.find((facts) => facts.dataset === dataset)!),
      draw: (theme) => intervalChart(plot, theme),
      asTable: () => intervalTable(plot),
      table: () => ({
        header: ['dataset', 'class', 'images', 'networks', 'error', 'ofBestThird', 'ofWorstThird'],
        rows: sorted.map((of) => [...[dataset, of.class, of.images, of.n, of.error, of.ofBestThird, of.ofWorstThird]]),
      }),
    };
  });
}
