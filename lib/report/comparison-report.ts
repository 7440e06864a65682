import { agreements, differingFields } from './comparison.ts';
import { intervalTable, type IntervalPlot } from './charts/intervals.ts';
import { htmlTable, paragraph } from './elements.ts';
import { html, joined, type Markup } from './markup.ts';
import { htmlPage } from './page.ts';
import { titleOf, type PageData } from './page-data.ts';
import { reportStyle } from './page-style.ts';
import { reportData, type StudyReportInput } from './study-report.ts';
import { judgedDatasets, verdictColours, type JudgedTarget } from './targets.ts';
import { topics } from './topics/index.ts';
import { counted, dash, listed, signed, signedInterval } from './words/numbers.ts';

interface Compared {
  title: string;
  data: PageData;
  judged: JudgedTarget[];
}

/** Returns a page with several studies side by side: first whether they find the same, then how they differ. Names are untrusted. */
export function comparisonReport(studies: readonly StudyReportInput[]): string {
  const compared = studies.map((study): Compared => {
    const data = reportData(study);
    return { title: study.title, data, judged: judgedDatasets(data) };
  });
  const names = listed(studies.map((study) => study.title));
  const headline = headlineOf(compared);
  const sections = [
    { id: 'findings', title: 'Finding by finding', content: findings(compared) },
    { id: 'verdicts', title: 'Agreement with the reference', content: verdicts(compared) },
    { id: 'errors', title: 'How far their errors agree', content: agreementTable(studies, compared[0]!.data) },
    { id: 'configs', title: 'How their configs differ', content: differences(studies) },
  ];
  const body = html`<div class="page">
    <nav aria-label="Contents">
      <b>Comparison</b>${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
    </nav>
    <main>
      <header>
        ${
          studies.some(({ methods }) => methods?.config.rehearsal !== undefined)
            ? paragraph('Rehearsals are among these: their numbers are simulated.', 'warning')
            : ''
        }
        <p class="status">${names}, side by side</p>
        <h1>${headline}</h1>
      </header>
      ${joined(
        sections.map(
          ({ id, title, content }) =>
            html`<section aria-labelledby="${id}">
              <h2 id="${id}">${title}</h2>
              ${content}
            </section>`,
        ),
      )}
    </main>
  </div>`;
  return htmlPage(headline, body, { style: reportStyle });
}

/** Tells whether the verdicts on the datasets that all studies share are the same. */
function headlineOf(compared: readonly Compared[]): string {
  const shared = targetsOf(compared).filter((dataset) =>
    compared.every((study) => verdictOn(study, dataset) !== undefined),
  );
  const references = new Set(compared.map(({ data }) => data.reference));
  const different = shared.filter(
    (dataset) => new Set(compared.map((study) => verdictOn(study, dataset)!.verdict)).size > 1,
  );
  const amount = `${shared.length === 1 ? 'the one dataset' : `${shared.length} datasets`} that they have in common`;
  const isOpen = shared.every((dataset) =>
    compared.every((study) => verdictOn(study, dataset)!.verdict === 'undecided'),
  );
  const prefix = references.size > 1 ? 'The studies have different references' : undefined;
  if (shared.length === 0) return prefix ?? 'The studies have no other dataset in common';
  const result = isOpen
    ? `${compared.length === 2 ? 'both' : 'all'} studies are undecided on ${amount}`
    : different.length === 0
      ? `the verdict is the same on ${amount}`
      : different.length === shared.length
        ? `the verdict differs on ${amount}`
        : `the verdict differs on ${different.length} of ${amount}`;
  return prefix === undefined ? `${result.charAt(0).toUpperCase()}${result.slice(1)}` : `${prefix}; ${result}`;
}

const targetsOf = (compared: readonly Compared[]) => [
  ...new Set(compared.flatMap(({ judged }) => judged.map(({ dataset }) => dataset))),
];

const verdictOn = ({ judged }: Compared, dataset: string) => judged.find((of) => of.dataset === dataset);

/** Returns a table with a row for each question: the headlines of all studies, marked if they differ. */
function findings(compared: readonly Compared[]): Markup {
  const rows = topics.flatMap(({ finding }) => {
    if (finding === undefined) return [];
    const found = compared.map(({ data }) => finding(data)?.headline);
    if (found.every((headline) => headline === undefined)) return [];
    return [{ found, isDifferent: new Set(found).size > 1 }];
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Findings">
    <table class="claims">
      <thead>
        <tr>
          ${compared.map(({ title }) => html`<th scope="col">${title}</th>`)}
          <th scope="col"></th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ found, isDifferent }) =>
            html`<tr${isDifferent ? html` class="chosen"` : ''}>${found.map((headline, index) => html`<td data-study="${compared[index]!.title}">${headline ?? 'This study says nothing about it.'}</td>`)}<td>${isDifferent ? html`<b>≠ different</b>` : 'the same'}</td></tr>\n`,
        )}
      </tbody>
    </table>
  </div>`;
}

function verdicts(compared: readonly Compared[]): Markup {
  const rows = targetsOf(compared).flatMap((dataset) => {
    const studies = compared.flatMap((study) => {
      const judged = verdictOn(study, dataset);
      return judged === undefined ? [] : [{ study, judged }];
    });
    const isDifferent = new Set(studies.map(({ judged }) => judged.verdict)).size > 1;
    return [
      {
        label: `${titleOf(studies[0]!.study.data, dataset)}${isDifferent ? ' ≠' : ''}`,
        marks: [],
        cells: ['', '', '', ''],
        isHeading: true,
      },
      ...studies.map(({ study, judged: { verdict, pair, interval, ceiling } }) => ({
        label: study.title,
        tag: verdict,
        colour: verdictColours[verdict],
        marks: [{ value: pair.spearman, interval, colour: verdictColours[verdict] }],
        cells: [
          ...[signed(pair.spearman), signed(pair.pearson), ceiling === null ? dash : ceiling.toFixed(2)],
          pair.n.toLocaleString('en-US'),
        ],
      })),
    ];
  });
  const plot: IntervalPlot = {
    header: 'Dataset and study',
    tagHeader: 'verdict',
    columns: ['ρ', 'r', 'ceiling of r', 'n'],
    axis: 'Spearman’s rank correlation with the reference of the study, 95 % interval',
    domain: [-1, 1],
    rows,
  };
  return joined([html`<p class="sub">≠ marks datasets whose verdicts differ.</p>`, intervalTable(plot, 'verdicts')]);
}

function differences(studies: readonly StudyReportInput[]): Markup {
  const known = studies.filter(({ methods }) => methods !== undefined);
  const fields = differingFields(known.map(({ methods }) => methods!.config));
  if (fields.length === 0) return html`<p>Their configs are the same in every field.</p>`;
  return joined([
    html`<p class="sub">${counted(fields.length, 'field')}.</p>`,
    htmlTable(
      ['field', ...known.map(({ title }) => title)],
      fields.map(({ field, values }) => [field, ...values.map((value) => value ?? 'absent')]),
      { wide: known.map((_, index) => index + 1) },
    ),
  ]);
}

function agreementTable(studies: readonly StudyReportInput[], data: PageData): Markup {
  const found = agreements(studies);
  if (found.length === 0) return html`<p>They have no networks and datasets in common.</p>`;
  return joined([
    html`<p class="sub">
      The same networks in two studies: how well their errors on a dataset agree. Trained with other seeds, this shows
      how far results repeat; trained longer or differently, how far the ranking depends on the training.
    </p>`,
    htmlTable(
      ['dataset', 'study', 'with', 'n', 'ρ', '95 % interval', 'r', '95 % interval'],
      found.map((of) => [
        ...[titleOf(data, of.dataset), of.a, of.b, of.n, signed(of.spearman), signedInterval(of.spearmanCi95)],
        ...[signed(of.pearson), signedInterval(of.pearsonCi95)],
      ]),
    ),
  ]);
}
