import type { ResultRow } from '../../results/results-table.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined, trusted, type Markup } from '../markup.ts';
import { escaped } from '../markup.ts';
import type { PageData } from '../page-data.ts';
import { isPart, partsOf } from '../targets.ts';
import { counted, dash, grouped } from '../words/numbers.ts';
import { titleOf } from '../page-data.ts';
import type { Topic } from './topic.ts';

/** Every network with its errors, and what happened to every training: nothing is left out without being counted. */
export const runs: Topic = {
  id: 'runs',
  figures: () => [],
  section: ({ data, rows }) => {
    const missing = rows.filter(({ top1Error }) => top1Error === null);
    const networks = counted(data.architectures.length, 'network');
    const trainings = counted(rows.length, areRuns(rows) ? 'training' : 'error');
    return {
      name: 'All networks and trainings',
      title:
        missing.length > 0
          ? `All ${networks}; ${missing.length} of ${trainings} ${areRuns(rows) ? 'gave no error' : 'are missing'}`
          : areRuns(rows)
            ? `All ${networks}, all ${trainings} finished`
            : `All ${networks}, all ${trainings}`,
      content: joined([
        html`<details id="all-networks">
          <summary>Every network and its errors</summary>
          <p class="sub">Errors in percent, each the mean over its trainings.</p>
          ${networksTable(data)}
        </details>`,
        details('Trainings by dataset', countsTable(data)),
        missing.length === 0
          ? ''
          : details(`The ${counted(missing.length, 'training')} without an error`, missingTable(data, missing)),
      ]),
    };
  },
};

/** Whether it is known of each row how its training ended; published tables have errors alone. */
export const areRuns = (rows: readonly ResultRow[]): boolean => rows.some(({ outcome }) => outcome != null);

/** One row a network; the page's script adds the single trainings when they are asked for. */
function networksTable(data: PageData): Markup {
  const kinds = data.datasets.map((facts) => (isPart(facts) ? ' class="number part"' : ' class=number'));
  const head = data.titles.map(({ short }, column) => html`<th scope="col" ${trusted(kinds[column]!)}>${short}</th>`);
  const cell = (error: number | null | undefined) => (error == null ? dash : (100 * error).toFixed(2));
  const body = data.architectures
    .map(
      (name, row) =>
        `<tr><th scope=row>${escaped(name)}${data.errors.map((column, index) => `<td${kinds[index]}>${cell(column[row])}`).join('')}`,
    )
    .join('\n');
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Errors of all networks"><table><thead><tr><th scope="col">network${head}<tbody>${trusted(body)}</table></div>`;
}

function countsTable(data: PageData): Markup {
  const parts = partsOf(data);
  return htmlTable(
    ['dataset', 'trainings', 'finished', 'diverged', 'failed', 'by cause', 'missing', 'seeds', 'networks'],
    data.runs.map((of) => [
      ...[titleOf(data, of.dataset), of.runs, of.finished, of.diverged],
      of.failed.reduce((sum, { runs: count }) => sum + count, 0),
      of.failed.map(({ category, runs: count }) => `${category}: ${grouped(count)}`).join(', '),
      ...[of.missing, of.seeds.join(', '), of.architectures],
    ]),
    { wide: [5], isOfParts: (row) => parts.has(data.runs[row]!.dataset) },
  );
}

const mostListed = 300;

function missingTable(data: PageData, missing: readonly ResultRow[]): Markup {
  const text = (row: ResultRow, column: string) => String(row[column] ?? dash);
  return joined([
    missing.length > mostListed ? html`<p>The first ${mostListed}; the results table has all.</p>` : '',
    htmlTable(
      ['network', 'dataset', 'seed', 'outcome', 'cause', 'what happened'],
      missing
        .slice(0, mostListed)
        .map((row) => [
          ...[row.architecture, titleOf(data, row.dataset), row.seed, text(row, 'outcome')],
          ...[text(row, 'failureCategory'), text(row, 'failure')],
        ]),
      { wide: [5] },
    ),
  ]);
}
