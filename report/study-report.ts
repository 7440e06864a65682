import type { Analysis, PairCorrelation } from '../analysis/index.ts';
import { formatResults, type ResultRow } from '../results/results-table.ts';
import { escapeHtml, htmlPage, htmlTable } from './page.ts';
import { extremesTable, subsetTable } from './reference-tables.ts';
import { renderSvg } from './render-svg.ts';
import {
  correlationMatrix,
  definedErrors,
  ecdfChart,
  effectsChart,
  forestChart,
  scatterChart,
  signed,
} from './study-charts.ts';

export interface StudyReportInput {
  title: string;
  description: string;
  rows: readonly ResultRow[];
  analysis: Analysis;
  /** Architectures marked at each end of the reference's ranking. */
  extremes: number;
  bootstrapResamples: number;
  /** What a reader wants to know of how the results came about, e.g. versions and the config's digest. */
  facts: readonly (readonly [name: string, value: string])[];
  /** Names of the structure parameters for people, by column. */
  parameterTitles: ReadonlyMap<string, string>;
}

/** A study's results as one self-contained HTML page that opens offline. Names in it are untrusted and escaped. */
export async function studyReport(input: StudyReportInput): Promise<string> {
  const { analysis, title, rows } = input;
  const targets = analysis.matrix.datasets.slice(1);
  const scatters = await Promise.all(
    targets.map((target) =>
      chart(
        scatterChart(analysis, target, input.extremes),
        `Error on ${analysis.reference} against error on ${target}`,
      ),
    ),
  );
  const marked = Math.min(input.extremes, Math.floor(analysis.matrix.architectures.length / 2));
  const subsets = subsetTable(analysis);
  const sections = [
    `<p class="lead">${escapeHtml(input.description)}</p>`,
    htmlTable(['', ''], [...overview(input)]),
    section(
      'Does the ranking carry over?',
      `<p>Each architecture is one observation: Pearson's r between its error on ${escapeHtml(analysis.reference)} and on each other dataset. +1 means that the ranking carries over, 0 that it says nothing, −1 that it is reversed.</p>`,
      await chart(forestChart(analysis), `Pearson's r with ${analysis.reference}`),
      headlineTable(analysis),
    ),
    section(
      'Errors on each dataset',
      '<p>The share of architectures that reach at most an error.</p>',
      await chart(ecdfChart(analysis), 'Empirical distribution of the errors'),
      errorTable(analysis),
    ),
    section(
      `Error on ${analysis.reference} against error elsewhere`,
      `<p>Blue circles are the ${marked} best architectures on ${escapeHtml(analysis.reference)}, red triangles the ${marked} worst.</p>`,
      `<div class="grid">${scatters.join('')}</div>`,
      `<details><summary>The ${marked} best and the ${marked} worst on ${escapeHtml(analysis.reference)}</summary>${extremesTable(analysis, input.extremes)}</details>`,
    ),
    ...(subsets === ''
      ? []
      : [
          section(
            'Does a reference with fewer classes tell more?',
            "<p>Pearson's r of each target with the reference, and with the reference restricted to fewer classes.</p>",
            subsets,
          ),
        ]),
    section(
      'All pairs of datasets',
      await chart(correlationMatrix(analysis), "Pearson's r of all pairs of datasets"),
      pairTable(analysis),
    ),
    ...(analysis.effects.length > 0
      ? [
          section(
            'What in an architecture goes with its error',
            "<p>Pearson's r of each structure parameter with the error: negative where more of it goes with fewer errors.</p>",
            await chart(
              effectsChart(analysis, input.parameterTitles),
              'Correlation of structure parameters with errors',
            ),
          ),
        ]
      : []),
    section(
      'What choosing on the reference costs',
      '<p>Regret: the error lost on the target by trying only the k best architectures on the reference, against the best of all.</p>',
      regretTable(analysis),
    ),
    ...(analysis.reliabilities.length > 0
      ? [
          section(
            'Noise ceiling',
            '<p>The correlation of a dataset with itself over seeds: no other dataset can be expected to exceed it.</p>',
            htmlTable(
              ['dataset', "Pearson's r", 'seeds'],
              analysis.reliabilities.map(({ dataset, seedCorrelation, seeds }) => [
                dataset,
                signed(seedCorrelation),
                seeds,
              ]),
            ),
          ),
        ]
      : []),
    section('Methods', methods(input)),
  ];
  const csv = Buffer.from(formatResults(rows)).toString('base64');
  return htmlPage(
    title,
    `${sections.join('\n')}\n<p><a download="results.csv" href="data:text/csv;base64,${csv}">All results as CSV</a></p>`,
  );
}

const section = (title: string, ...content: string[]) =>
  `<section><h2>${escapeHtml(title)}</h2>${content.join('\n')}</section>`;

async function chart(spec: Parameters<typeof renderSvg>[0], label: string): Promise<string> {
  return `<figure class="scroll" role="img" aria-label="${escapeHtml(label)}">${await renderSvg(spec)}</figure>`;
}

function* overview({ rows, analysis, facts }: StudyReportInput): Generator<[string, string]> {
  const { architectures, datasets } = analysis.matrix;
  const missing = rows.filter(({ top1Error }) => top1Error === null);
  const diverged = missing.filter((row) => row['outcome'] === 'diverged').length;
  yield ['architectures', String(architectures.length)];
  yield ['datasets', `${datasets.length}: ${datasets.join(', ')}`];
  yield [
    'runs',
    `${rows.length}${missing.length > 0 ? `, of which ${missing.length} without an error (${diverged} diverged)` : ''}`,
  ];
  for (const [name, value] of facts) yield [name, value];
}

function headlineTable({ correlations, targets, reference }: Analysis): string {
  const rows = correlations
    .filter(({ a }) => a === reference)
    .map((pair) => {
      const target = targets.find(({ target: name }) => name === pair.b);
      return [...pairCells(pair), target?.pValueHolm == null ? '–' : target.pValueHolm.toFixed(4)];
    });
  return htmlTable(
    [
      'dataset',
      'n',
      "Pearson's r",
      '95 % interval',
      "Spearman's ρ",
      '95 % interval',
      "Kendall's τ-b",
      '95 % interval',
      'p (Holm)',
    ],
    rows,
  );
}

function pairTable({ correlations, reference }: Analysis): string {
  const rows = correlations.filter(({ a }) => a !== reference).map((pair) => [pair.a, ...pairCells(pair)]);
  if (rows.length === 0) return '';
  return `<details><summary>Pairs without the reference</summary>${htmlTable(['dataset', 'and', 'n', "Pearson's r", '95 % interval', "Spearman's ρ", '95 % interval', "Kendall's τ-b", '95 % interval'], rows)}</details>`;
}

const pairCells = (pair: PairCorrelation): (string | number)[] => [
  pair.b,
  pair.n,
  signed(pair.pearson),
  interval(pair.pearsonCi95),
  signed(pair.spearman),
  interval(pair.spearmanCi95),
  signed(pair.kendallTauB),
  interval(pair.kendallTauBCi95),
];

const interval = (ends: readonly [number, number] | null) =>
  ends === null ? '–' : `${signed(ends[0])} to ${signed(ends[1])}`;

function errorTable({ matrix }: Analysis): string {
  const rows = matrix.datasets.map((dataset) => {
    const errors = matrix.errors.get(dataset) ?? [];
    const sorted = definedErrors(errors).sort((a, b) => a - b);
    const at = (share: number) => percent(sorted[Math.round(share * (sorted.length - 1))]);
    const best = matrix.architectures[errors.indexOf(sorted[0] ?? null)] ?? '–';
    return [dataset, sorted.length, at(0), at(0.5), at(1), best];
  });
  return htmlTable(['dataset', 'architectures', 'lowest error', 'median', 'highest', 'best architecture'], rows);
}

function regretTable({ targets }: Analysis): string {
  const choices = [...new Set(targets.flatMap(({ regret }) => regret.map(({ k }) => k)))];
  const rows = targets.map(({ target, regret }) => [
    target,
    ...choices.map((k) => percent(regret.find((choice) => choice.k === k)?.regret)),
  ]);
  return htmlTable(['target', ...choices.map((k) => `best ${k}`)], rows);
}

const percent = (value: number | undefined) => (value === undefined ? '–' : `${(100 * value).toFixed(2)} %`);

const methods = ({ bootstrapResamples, analysis }: StudyReportInput) => `<ul>
<li>Errors are top-1 errors on test images after the last epoch, never the best epoch; several seeds of an architecture are averaged. A run that diverged or failed has no error, and its architecture is left out of the pairs that it would be in.</li>
<li>Intervals are 95 % ${analysis.methods.intervals === 'bca' ? 'BCa' : 'percentile'} intervals, widened for small samples, of ${bootstrapResamples.toLocaleString('en-US')} bootstrap resamples of the architectures, the same for all figures. p-values are two-sided, from ${analysis.methods.permutations.toLocaleString('en-US')} random pairings, and corrected for the number of targets by Holm's method.</li>
<li>Signs are kept throughout: a negative correlation is a finding.</li>
</ul>`;
