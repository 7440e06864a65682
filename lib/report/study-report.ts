import type { Analysis } from '../analysis/index.ts';
import type { CurveRow } from '../results/curves-table.ts';
import { metrics, type MetricName } from '../results/metric.ts';
import type { ResultRow } from '../results/results-table.ts';
import { pageScript } from './bundle.ts';
import { pageData } from './collect-page-data.ts';
import { details, paragraph } from './elements.ts';
import { html, joined, type Markup } from './markup.ts';
import { htmlPage } from './page.ts';
import { missingErrors, serializedPageData, type PageData } from './page-data.ts';
import { reportStyle } from './page-style.ts';
import type { StudyMethods } from './study-methods.ts';
import { isPart } from './targets.ts';
import { topics } from './topics/index.ts';
import { methodsSection } from './topics/methods.ts';
import { hero } from './topics/transfer.ts';
import { capitalized, counted, grouped, numberWord, unbroken } from './words/numbers.ts';

export interface StudyReportInput {
  title: string;
  description: string;
  /** Notes to read before the figures. */
  notes?: readonly string[];
  rows: readonly ResultRow[];
  /** Training curves; empty if there are none. */
  curves: readonly CurveRow[];
  analysis: Analysis;
  /** Architectures marked at each end of the reference's ranking. */
  extremes: number;
  /** Titles of the structure parameters, by column. */
  parameterTitles: ReadonlyMap<string, string>;
  /** Methods of a study; absent for tables from elsewhere. */
  methods?: StudyMethods | undefined;
  /** Metric by which networks are ranked; absent for top-1 errors. */
  metric?: MetricName | undefined;
}

/** Returns the data that a page shows of a study or of tables. */
export const reportData = (input: StudyReportInput): PageData =>
  pageData({
    ...input,
    wholeTitles: new Map(input.methods?.datasets.map(({ label, title }) => [label, title])),
  });

/** With more whole datasets than this, parts of the reference are hidden until the reader wants them. */
const mostWithParts = 3;

/**
 * Returns a study's results as a self-contained HTML page: it opens from a file, loads nothing, and shows every figure and table even
 * without its script, which links them. Names in it are untrusted.
 */
export async function studyReport(input: StudyReportInput): Promise<string> {
  const { title, description, rows, methods } = input;
  const notes = [...metricNote(input), ...(input.notes ?? [])];
  const data = reportData(input);
  const [answer, ...others] = topics.map((topic) => ({ ...topic, found: topic.finding?.(data) }));
  const cards = others.flatMap(({ id, found, card }) => {
    const content = found === undefined ? undefined : card?.(data);
    return found === undefined || content === undefined ? [] : [{ id, found, content }];
  });
  const sections = [
    ...others.flatMap(({ id, section }) => {
      const part = section?.({ data, rows });
      return part === undefined ? [] : [{ id, ...part }];
    }),
    { id: 'methods', ...methodsSection(data, methods) },
  ];
  const numbers = topics.flatMap((topic) => topic.numbers?.(data) ?? []);
  const answers = `${capitalized(numberWord(cards.length))} more ${cards.length === 1 ? 'answer' : 'answers'}`;
  const parts = data.datasets.filter(isPart).length;
  const whole = data.datasets.length - parts;
  const contents = [
    { id: 'top', name: 'The answer' },
    ...(cards.length === 0 ? [] : [{ id: 'answers', name: answers }]),
    ...sections.map(({ id, title: name, name: short = name }) => ({ id, name: short })),
  ];
  const at = contents.findIndex(({ id }) => id === 'claims');
  contents.splice(at < 0 ? contents.length : at, 0, { id: 'numbers', name: 'All numbers' });
  const headline = answer!.found!.headline;
  const body = html`<a class="skip" href="#top">Skip to the answer</a>
    <div class="page">
      <nav aria-label="Contents">
        <b>${title}</b>${contents.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}
        <div id="controls">
          ${
            parts === 0
              ? ''
              : html`<label class="switch"
                  ><input type="checkbox" id="show-parts" ${whole <= mostWithParts ? html` checked` : ''} /> Show
                  subsets</label
                >`
          }
        </div>
      </nav>
      <main id="top">
        <header>
          ${methods?.config.rehearsal === undefined ? '' : paragraph('This is a rehearsal: every number on this page is simulated, nothing was trained.', 'warning')}
          <p class="status">${status(title, data, rows)}</p>
          <h1>${unbroken(headline)}</h1>
          <p class="deck">${answer!.found!.sentence}</p>
        </header>
        ${hero(data)} ${notes.map((note) => paragraph(note, 'sub'))}
        ${
          cards.length === 0
            ? ''
            : html`<section aria-labelledby="answers">
                <h2 id="answers">${answers}</h2>
                <div class="cards">
                  ${joined(
                    cards.map(
                      ({ id, found, content }) =>
                        html`<section class="card" id="${id}" aria-labelledby="${id}-title">
                          <h3 id="${id}-title">${unbroken(found.headline)}</h3>
                          <p class="sub">${found.sentence}</p>
                          ${content}${
                            found.evidence.length === 0
                              ? ''
                              : details(
                                  'Evidence',
                                  html`<ul>
                                    ${found.evidence.map((line) => html`<li>${line}</li>`)}
                                  </ul>`,
                                )
                          }
                        </section>`,
                    ),
                  )}
                </div>
              </section>`
        }
        ${joined(
          sections.map(
            ({ id, title: name, content }) =>
              html`${id === 'claims' ? numbersSection(numbers) : ''}
                <section aria-labelledby="${id}">
                  <h2 id="${id}">${unbroken(name)}</h2>
                  ${content}
                </section>`,
          ),
        )}
        ${description === '' ? '' : html`<p class="sub description">${description}</p>`}
      </main>
    </div>`;
  return htmlPage(headline, body, {
    script: await pageScript('report'),
    data: serializedPageData(data),
    style: reportStyle,
  });
}

/** Tells the metric by which networks are ranked, if it is not the top-1 error. */
const metricNote = ({ metric }: StudyReportInput): string[] =>
  metric === undefined ? [] : [`All errors on this page are ${metrics[metric].title}, not top-1 errors.`];

const numbersSection = (numbers: readonly { title: string; content: Markup }[]): Markup =>
  html`<section aria-labelledby="numbers">
    <h2 id="numbers">All numbers</h2>
    <p class="sub">
      Every figure with its interval. ρ is Spearman’s rank correlation, r Pearson’s correlation; points are percentage
      points of error.
    </p>
    ${joined(numbers.map(({ title, content }) => details(title, content)))}
  </section> `;

/** E.g. "Study demonstration · 60 networks, 10 datasets, 1,200 trainings · every one finished". */
function status(title: string, data: PageData, rows: readonly ResultRow[]): string {
  const sizes = `${title} · ${counted(data.architectures.length, 'network')}, ${counted(data.datasets.length, 'dataset')}`;
  if (data.hasErrorsAlone) {
    const known = rows.filter(({ top1Error }) => top1Error !== null).length;
    const lacking = missingErrors(data);
    return `${sizes}, ${counted(known, 'error')}${lacking === 0 ? '' : ` · ${grouped(lacking)} missing`}`;
  }
  const missing = rows.filter(({ top1Error }) => top1Error === null);
  const diverged = missing.filter(({ outcome }) => outcome === 'diverged').length;
  const ended =
    missing.length === 0
      ? 'every one finished'
      : `${counted(missing.length, 'training')} gave no error${diverged === 0 ? '' : ` (${diverged} diverged)`}`;
  return `${sizes}, ${counted(rows.length, 'training')} · ${ended}`;
}
