import type { Reliability } from '../../analysis/index.ts';
import { intervalChart, intervalTable, type IntervalPlot } from '../charts/intervals.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined, type Markup } from '../markup.ts';
import { shortTitleOf, titleOf, type PageData } from '../page-data.ts';
import { datasetColour, partsOf } from '../targets.ts';
import { groupsInWords } from '../words/datasets.ts';
import { dash, grouped, percent, signed, signedInterval, someOf, withInterval } from '../words/numbers.ts';
import { drawn } from './drawn.ts';
import type { Figure } from './figure.ts';
import type { Finding, Topic } from './topic.ts';

/** How far errors repeat with another seed, and what correlation that lets through. */
export const repeatability: Topic = {
  id: 'repeatability',
  figures: noiseFigures,
  finding,
  card: (data) => {
    const [figure] = noiseFigures(data);
    return figure && drawn(figure);
  },
  numbers: (data) => ({ title: 'How far errors repeat', content: joined([numbers(data), testNoise(data)]) }),
};

function finding(data: PageData): Finding | undefined {
  const known = data.reliabilities.filter(({ seedSpearman }) => seedSpearman !== null);
  if (known.length === 0) return undefined;
  const sorted = [...known].sort((a, b) => a.seedSpearman! - b.seedSpearman!);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const told = ({ dataset, seedSpearman }: Reliability) => `${signed(seedSpearman)} (${titleOf(data, dataset)})`;
  return {
    headline: headline(data, known),
    sentence: `The same networks were trained with different seeds: the rank correlation of their errors between seeds is ${known.length === 1 ? told(least) : `${told(least)} to ${told(most)}`}. What does not repeat cannot predict anything else.`,
    evidence: known.map(
      ({ dataset, seedSpearman, seedSpearmanCi95, verdict }) =>
        `${titleOf(data, dataset)}: ${repetitionWords[verdict]}; ρ ${withInterval(seedSpearman, seedSpearmanCi95)}`,
    ),
  };
}

const repetitionWords: Record<Reliability['verdict'], string> = {
  holds: 'repeats',
  weak: 'repeats, perhaps weakly',
  gone: 'hardly repeats',
  reversed: 'is reversed',
  undecided: 'is not shown to repeat',
};

function headline(data: PageData, known: readonly Reliability[]): string {
  const again = 'when training is repeated';
  // A ranking that repeats weakly has an interval on one side of 0, too; on the other side it would be reversed.
  const missing = known.filter(
    ({ verdict, seedSpearman }) => !['holds', 'weak'].includes(verdict) || seedSpearman! < 0,
  );
  const weak = known.filter(({ verdict }) => verdict === 'weak').length;
  if (missing.length === known.length) return `Rankings are not shown to repeat ${again}`;
  if (missing.length > 0) {
    const names = groupsInWords(
      data,
      missing.map(({ dataset }) => dataset),
    );
    return `Rankings on ${names} are not shown to repeat ${again}`;
  }
  return `Rankings repeat ${again}${weak === 0 ? '' : `, perhaps weakly on ${someOf(weak, known.length, 'dataset')}`}`;
}

/** How well the errors on each dataset repeat with other seeds; none without repeated trainings. */
function noiseFigures(data: PageData): Figure[] {
  const { reliabilities } = data;
  if (reliabilities.length === 0) return [];
  const parts = partsOf(data);
  const plot: IntervalPlot = {
    header: 'Trained again, on',
    columns: ['ρ'],
    axis: 'Rank correlation of the errors between seeds, simultaneous 95 % interval',
    domain: [Math.max(-1, Math.min(0, ...reliabilities.map(({ seedSpearmanCi95 }) => seedSpearmanCi95?.[0] ?? 0))), 1],
    rows: reliabilities.map(({ dataset, seedSpearman, seedSpearmanCi95 }) => ({
      label: shortTitleOf(data, dataset),
      isOfParts: parts.has(dataset),
      marks: [{ value: seedSpearman, interval: seedSpearmanCi95, colour: datasetColour(data, dataset) }],
      cells: [signed(seedSpearman)],
    })),
  };
  return [
    {
      id: 'noise',
      alternative: `Rank correlation of the errors between seeds: ${reliabilities.map(({ dataset, seedSpearman }) => `${titleOf(data, dataset)} ${signed(seedSpearman)}`).join('; ')}`,
      draw: (theme) => intervalChart(plot, theme),
      asTable: () => intervalTable(plot),
      table: () => ({
        header: [
          ...['dataset', 'seeds', 'n', 'verdict', 'seedSpearman', 'seedSpearmanLow', 'seedSpearmanHigh'],
          ...['seedCorrelation', 'low', 'high', 'reliability', 'seedDeviation'],
        ],
        rows: reliabilities.map((of) => [
          ...[of.dataset, of.seeds, of.n, of.verdict, of.seedSpearman, of.seedSpearmanCi95?.[0] ?? null],
          ...[of.seedSpearmanCi95?.[1] ?? null, of.seedCorrelation, of.seedCorrelationCi95?.[0] ?? null],
          ...[of.seedCorrelationCi95?.[1] ?? null, of.reliability, of.seedDeviation],
        ]),
      }),
    },
  ];
}

function numbers(data: PageData): Markup {
  const { reliabilities, attenuation, reference } = data;
  if (reliabilities.length === 0)
    return html`<p>
      ${data.hasErrorsAlone ? 'Every network has one error on a dataset' : 'Every network was trained once on each dataset'}, so it is not known how far errors repeat with another seed, nor
      how much of a missing correlation is noise. Two replicates would tell.
    </p>`;
  const parts = partsOf(data);
  const pairs = attenuation.filter(({ a }) => a === reference);
  return joined([
    html`<p>
      The noise ceiling of two datasets is the square root of the product of their reliabilities: the largest r that can
      be seen. r divided by it is what r would be without noise (Spearman’s correction for attenuation; by chance it may
      exceed 1).
    </p>`,
    htmlTable(
      [
        ...['dataset', 'seeds', 'n', 'verdict', 'ρ between seeds', '95 % interval'],
        ...['r between seeds', '95 % interval', 'reliability', '95 % interval'],
        ...['of the best third', '95 % interval', 'deviation over seeds', 'seeds needed'],
      ],
      reliabilities.map((of) => [
        ...[
          titleOf(data, of.dataset),
          of.seeds,
          of.n,
          repetitionWords[of.verdict],
          signed(of.seedSpearman),
          signedInterval(of.seedSpearmanCi95),
          signed(of.seedCorrelation),
          signedInterval(of.seedCorrelationCi95),
        ],
        ...[signed(of.reliability), signedInterval(of.reliabilityCi95), signed(of.reliabilityOfBest)],
        ...[signedInterval(of.reliabilityOfBestCi95), percent(of.seedDeviation), grouped(of.seedsNeeded)],
      ]),
      { isOfParts: (row) => parts.has(reliabilities[row]!.dataset) },
    ),
    details(
      `Agreement with ${titleOf(data, reference)}, corrected for noise`,
      htmlTable(
        ['dataset', 'n', 'r', 'noise ceiling', '95 % interval', 'among the best third', 'r corrected', '95 % interval'],
        pairs.map((of) => [
          ...[
            titleOf(data, of.b),
            of.n,
            signed(of.pearson),
            of.noiseCeiling === null ? dash : of.noiseCeiling.toFixed(2),
          ],
          ...[signedInterval(of.noiseCeilingCi95), signed(of.noiseCeilingOfBest)],
          ...[signed(of.pearsonCorrected), signedInterval(of.pearsonCorrectedCi95)],
        ]),
        { isOfParts: (row) => parts.has(pairs[row]!.b) },
      ),
    ),
  ]);
}

/** What another choice of test images could change. */
function testNoise(data: PageData): Markup {
  const all = data.testNoise;
  if (all.length === 0) return html``;
  const parts = partsOf(data);
  const drowned = all.filter(({ share }) => share !== null && share >= 1).map(({ dataset }) => dataset);
  const areBounds = all.some(({ imageVariance }) => imageVariance === null);
  return details(
    'How much the test images decide',
    html`<p>
        The share of the variance between networks that comes from the choice of test images.
        ${
          areBounds
            ? 'Where it says “at most”, it is not known which images each network classified wrongly, and the figure is an upper bound.'
            : ''
        }
        ${
          drowned.length === 0
            ? ''
            : `On ${groupsInWords(data, drowned)}, all differences between networks could come from it: there are too few test images to rank them.`
        }
      </p>
      ${htmlTable(
        ['dataset', 'test images', 'deviation between networks', 'deviation by test images', 'share'],
        all.map((of) => {
          const atMost = of.imageVariance === null ? 'at most ' : '';
          return [
            ...[titleOf(data, of.dataset), of.testImages, percent(Math.sqrt(of.variance))],
            ...[
              `${atMost}${percent(Math.sqrt(of.imageVariance ?? of.binomialVariance))}`,
              `${atMost}${percent(of.share, 0)}`,
            ],
          ];
        }),
        { isOfParts: (row) => parts.has(all[row]!.dataset) },
      )}`,
  );
}
