import type { ResultRow } from '../../results/results-table.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined, trusted, type Markup } from '../markup.ts';
import { escaped } from '../markup.ts';
import type { PageData } from '../page-data.ts';
import { isPart, partsOf } from '../targets.ts';
import { counted, dash, grouped } from '../words/numbers.ts';
import { missingErrors, titleOf } from '../page-data.ts';
import type { Section, Topic } from './topic.ts';

/** Every network with its errors, and what happened to every training: nothing is left out without being counted. */
export const runs: Topic = {
  id: 'runs',
  figures: () => [],
  section: ({ data, rows }) => {
    const missing = rows.filter(({ top1Error }) => top1Error === null);
    if (data.hasErrorsAlone) return resultsSection(data);
    return {
      name: 'All networks and trainings',
      title:
        missing.length === 0
          ? `All ${counted(data.architectures.length, 'network')}, all ${counted(rows.length, 'training')} finished`
          : `All ${counted(data.architectures.length, 'network')}; ${missing.length} of ${counted(rows.length, 'training')} gave no error`,
      content: joined([
        networksDetails(data),
        details('Trainings by dataset', countsTable(data)),
        missing.length === 0
          ? ''
          : details(`The ${counted(missing.length, 'training')} without an error`, missingTable(data, missing)),
      ]),
    };
  },
};

/** The same for tables that have errors alone. */
function resultsSection(data: PageData): Section {
  const networksInAll = data.architectures.length;
  const missing = missingErrors(data);
  return {
    name: 'All networks and errors',
    title:
      missing === 0
        ? `All ${counted(networksInAll, 'network')}, with an error on every dataset`
        : `All ${counted(networksInAll, 'network')}; ${grouped(missing)} of ${grouped(networksInAll * data.datasets.length)} errors are missing`,
    content: joined([
      networksDetails(data),
      details(
        'Errors by dataset',
        htmlTable(
          ['dataset', 'networks with an error', 'without', 'seeds'],
          data.runs.map(({ dataset, architectures, seeds }) => [
            ...[titleOf(data, dataset), architectures, networksInAll - architectures, seeds.join(', ')],
          ]),
        ),
      ),
    ]),
  };
}

const networksDetails = (data: PageData): Markup =>
  html`<details id="all-networks">
    <summary>Every network and its errors</summary>
    <p class="sub">
      Errors in percent, each the mean over ${data.hasErrorsAlone ? 'the errors that the tables have' : 'its trainings'}.
    </p>
    ${networksTable(data)}
  </details>`;

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
