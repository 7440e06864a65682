import type { ResultRow } from '../../results/results-table.ts';
import { dash, grouped, percent } from '../words/numbers.ts';
import { details, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { section, type Section } from './section.ts';

/** What became of every run: nothing is left out without being counted. */
export function runsSection({ runs }: PageData, rows: readonly ResultRow[]): Section {
  const without = rows.filter(({ top1Error }) => top1Error === null);
  const text = (row: ResultRow, column: string) => String(row[column] ?? dash);
  return section(
    'runs',
    'Runs, and those that failed',
    htmlTable(
      ['dataset', 'runs', 'finished', 'diverged', 'failed', 'by cause', 'missing', 'seeds', 'architectures'],
      runs.map((of) => [
        ...[of.dataset, of.runs, of.finished, of.diverged, of.failed.reduce((sum, { runs: count }) => sum + count, 0)],
        of.failed.map(({ category, runs: count }) => `${category}: ${count}`).join(', '),
        ...[of.missing, of.seeds.join(', '), of.architectures],
      ]),
      { wide: [5] },
    ),
    without.length === 0
      ? '<p>Every run finished.</p>'
      : details(
          without.length === 1 ? 'The one without a result' : `The ${grouped(without.length)} without a result`,
          htmlTable(
            ['architecture', 'dataset', 'seed', 'outcome', 'cause', 'what happened'],
            without.map((row) => [
              ...[
                row.architecture,
                row.dataset,
                row.seed,
                text(row, 'outcome'),
                text(row, 'failureCategory'),
                text(row, 'failure'),
              ],
            ]),
            { wide: [5] },
          ),
        ),
    `<details id="all-runs"><summary>All ${grouped(rows.length)} runs</summary>${runsTable(rows)}</details>`,
  );
}

function runsTable(rows: readonly ResultRow[]): string {
  const has = (column: string) => rows.some((row) => row[column] !== null && row[column] !== undefined);
  const number = (row: ResultRow, column: string) => (typeof row[column] === 'number' ? row[column] : null);
  const optional = [
    { column: 'top5Error', title: 'top-5 error', text: (row: ResultRow) => percent(number(row, 'top5Error')) },
    {
      column: 'validationTop1Error',
      title: 'validation error',
      text: (row: ResultRow) => percent(number(row, 'validationTop1Error')),
    },
    { column: 'outcome', title: 'outcome', text: (row: ResultRow) => String(row['outcome'] ?? '') },
    {
      column: 'trainingSeconds',
      title: 'training (s)',
      text: (row: ResultRow) => grouped(number(row, 'trainingSeconds')),
    },
  ].filter(({ column }) => has(column));
  return htmlTable(
    ['architecture', 'dataset', 'seed', 'top-1 error', ...optional.map(({ title }) => title)],
    rows.map((row) => [
      row.architecture,
      row.dataset,
      row.seed,
      percent(row.top1Error),
      ...optional.map(({ text }) => text(row)),
    ]),
  );
}
