import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const document = new URL('../../../../docs/statistics.md', import.meta.url);

type Row = readonly string[];

/**
 * Puts measured rows into docs/statistics.md, between `<!-- NAME -->` and `<!-- end -->`: a row replaces the one with the same first two
 * cells, others stay. A sentence that summarises all rows precedes the table.
 * @param summary returns that sentence from all rows of the new table
 */
export async function recordMeasured(
  name: string,
  header: Row,
  rows: readonly Row[],
  summary: (rows: readonly Row[]) => string = () => '',
): Promise<void> {
  const text = readFileSync(document, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, '\n<!-- end -->'];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`docs/statistics.md has no table ${name}`);
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const keyOf = (cells: Row) => cells.slice(0, 2).join('|');
  const [before, , ...old] = text
    .slice(from, to)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf);
  // Rows under another header belong to another measurement.
  const kept = before?.join('|') === header.join('|') ? old : [];
  const known = new Map<string, Row>(kept.map((cells) => [keyOf(cells), cells]));
  for (const row of rows) known.set(keyOf(row), [...row]);
  const names = [...new Set([...known.values()].map(([name]) => name!))];
  const all = [...known.values()].sort(
    ([a, m], [b, n]) => names.indexOf(a!) - names.indexOf(b!) || Number(m) - Number(n),
  );
  const lines = [header, header.map(() => '---'), ...all].map((cells) => `| ${cells.join(' | ')} |`);
  const written = `${text.slice(0, from)}${['', summary(all), '', ...lines, ''].join('\n')}${text.slice(to)}`;
  const style = await resolveConfig(fileURLToPath(document));
  writeFileSync(document, await format(written, { ...style, parser: 'markdown' }));
}

/** Summarises rows whose third and fourth cells are the numbers of studies and of reports with a false verdict. */
export function falseReports(rows: readonly Row[]): string {
  const sum = (cell: number) => rows.reduce((total, row) => total + Number(row[cell]), 0);
  const [studies, wrong] = [sum(2), sum(3)];
  return `Of all ${studies.toLocaleString('en-US')} reports, ${wrong} had a false verdict: ${measuredRate(wrong / studies, studies)}.`;
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Standard error of a rate over this many trials; above 0 even for rates of 0 and 1 (Agresti and Coull 1998). */
export function rateError(rate: number, trials: number): number {
  const shrunk = (rate * trials + 2) / (trials + 4);
  return Math.sqrt((shrunk * (1 - shrunk)) / trials);
}

/** A rate with its standard error, e.g. `1.5 ± 0.9 %`. */
export const measuredRate = (rate: number, trials: number): string =>
  `${(100 * rate).toFixed(1)} ± ${(100 * rateError(rate, trials)).toFixed(1)} %`;

/** Adds a report to the counts of reports with a false verdict, for each question and for any. */
export function countFalse<Question extends string>(
  counts: Record<NoInfer<Question> | 'any', number>,
  isFalse: Readonly<Record<Question, boolean>>,
): void {
  const wrong = (Object.keys(isFalse) as Question[]).filter((question) => isFalse[question]);
  for (const question of wrong) counts[question] += 1;
  if (wrong.length > 0) counts.any += 1;
}

/**
 * Records the rates of reports on a population, with a column for each count.
 * @param counts of reports with a false verdict
 * @param found counts of other findings
 */
export async function recordReports(
  table: string,
  header: Row,
  { name, n, trials }: { name: string; n: number; trials: number },
  counts: Readonly<Record<'any', number>>,
  found: Readonly<Record<string, number>>,
): Promise<void> {
  const rates = [...Object.values(counts), ...Object.values(found)].map((count) =>
    measuredRate(count / trials, trials),
  );
  await recordMeasured(table, header, [[name, String(n), String(trials), String(counts.any), ...rates]], falseReports);
}
