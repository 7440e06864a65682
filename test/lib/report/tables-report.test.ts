import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../lib/analysis/index.ts';
import { tablesReport } from '../../../lib/report/tables-report.ts';
import { csvTable } from '../../../lib/results/raw-table.ts';
import { wideRows } from '../../../lib/results/wide-tables.ts';

/** What the page of a wide table says, without its script, and its drawings as text. */
async function saidOf(lines: readonly string[]): Promise<string> {
  const rows = wideRows([csvTable(`model,imagenet,sketch\n${lines.join('\n')}\n`, 'published.csv')], {
    unit: 'accuracy-percent',
  });
  const options = { reference: 'imagenet', bootstrapResamples: 200, seed: 0, parameters: [] };
  const page = await tablesReport(['published.csv'], rows, [], analyzeResults(rows, options), new Map());
  return page
    .slice(page.indexOf('<main'), page.indexOf('</main>'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

const networks = Array.from({ length: 12 }, (_, i) => [`net-${i}`, 60 + 2.5 * i, 40 + ((7 * i) % 12)] as const);

describe('the report of a published table', () => {
  test('counts the errors that are missing, and does not say that anything was trained or finished', async () => {
    const said = await saidOf(networks.map(([name, a, b], i) => `${name},${a},${i % 6 === 0 ? '' : b}`));
    expect(said).toContain('12 networks, 2 datasets, 22 errors · 2 missing');
    expect(said).toContain('All 12 networks; 2 of 24 errors are missing');
    expect(said).toContain('Errors are top-1 errors, as the tables have them;');
    expect(said).not.toMatch(/finished|last epoch|were trained on both|was trained once/);
  });

  test('that is complete says that it is', async () => {
    const said = await saidOf(networks.map((row) => row.join(',')));
    expect(said).toContain('All 12 networks, with an error on every dataset');
    expect(said).not.toMatch(/errors are missing|\d missing/);
  });

  test('in which three networks have both errors decides nothing, and has no interval', async () => {
    const said = await saidOf(networks.map(([name, a], i) => `${name},${a},${i < 3 ? a - 20 : ''}`));
    expect(said).toContain('It is undecided whether networks that do well on imagenet also do well on sketch');
    expect(said).toContain(
      'The same 3 networks have errors on both. Intervals and verdicts need at least six networks.',
    );
    expect(said).not.toMatch(/\d to [+−-]?\d\.\d\d\)/);
  });
});
