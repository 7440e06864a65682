import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../analysis/analyze.ts';
import { studyReport, type StudyReportInput } from '../../report/study-report.ts';
import { parseResults, type ResultRow } from '../../results/results-table.ts';
import { stream } from '../../core/random.ts';

const attack = `<script>alert("x")</script>'&amp;`;

/** Results of 24 architectures whose names, and one dataset's, are what an attacker would choose. */
function hostileRows(): ResultRow[] {
  const random = stream(1, 'report');
  return ['imagenet', attack, 'imagenet/2-classes', 'constant'].flatMap((dataset) =>
    Array.from({ length: 24 }, (_, index) => ({
      architecture: `${attack}${index}`,
      dataset,
      seed: 0,
      top1Error: dataset === 'constant' ? 0.5 : index === 3 ? null : random.uniform(),
      outcome: dataset !== 'constant' && index === 3 ? 'diverged' : 'finished',
      d1: 1 + (index % 4),
      [attack]: attack,
    })),
  );
}

function inputOf(rows: ResultRow[], changes: Partial<StudyReportInput> = {}): StudyReportInput {
  return {
    title: `Study ${attack}`,
    description: attack,
    rows,
    analysis: analyzeResults(rows, { reference: 'imagenet', bootstrapResamples: 100, seed: 0, parameters: ['d1'] }),
    extremes: 10,
    bootstrapResamples: 100,
    facts: [['config', attack]],
    parameterTitles: new Map([['d1', attack]]),
    ...changes,
  };
}

const rows = hostileRows();
const page = await studyReport(inputOf(rows));
const withoutData = page.replace(/href="data:[^"]*"/g, '');

describe('the report of a study', () => {
  test('loads nothing: no script, no style sheet, no image, no font', () => {
    expect(withoutData).not.toMatch(/<(script|link|img|iframe|object|embed|base)\b/i);
    expect(withoutData).not.toMatch(/\b(src|srcset|action|xlink:href)=|@import|url\((?!#)/i);
    expect(withoutData.match(/https?:\/\/[^"' ]*/g)?.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual(
      [],
    );
  });

  test('escapes names wherever it writes them, charts included', () => {
    expect(withoutData).not.toContain('<script');
    expect(withoutData.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(30);
    expect(withoutData).not.toMatch(/<[^>]*\son\w+=/);
  });

  test('holds every chart, each with a name for those who cannot see it', () => {
    const charts = [...page.matchAll(/<figure[^>]*aria-label="([^"]+)"[^>]*><svg/g)].map(
      ([, label]) => label as string,
    );
    expect(charts).toHaveLength(7);
    for (const part of ['r with imagenet', 'Empirical distribution', 'all pairs', 'structure parameters'])
      expect(charts.some((label) => label.includes(part))).toBe(true);
    expect(charts.filter((label) => label.startsWith('Error on imagenet against'))).toHaveLength(3);
  });

  test('marks the ten best and the ten worst on the reference in each scatter plot', () => {
    const scatter = page.split('aria-label="Error on imagenet against')[1]?.split('</svg>')[0] ?? '';
    expect(scatter.match(/fill="#2f6db5"/g)).toHaveLength(10);
    expect(scatter.match(/fill="#c4453c"/g)).toHaveLength(10);
    expect(scatter.match(/fill="#b9bfc6"/g)).toHaveLength(3);
  });

  test('counts runs without an error, and shows what is undefined as a dash', () => {
    expect(page).toContain('96, of which 3 without an error (3 diverged)');
    expect(page).toMatch(/<td>constant<\/td><td class="number">23<\/td><td>–<\/td><td>–<\/td>/);
  });

  test('compares the reference with its subsets of fewer classes for each target', () => {
    expect(page).toMatch(/<th>target<\/th><th>imagenet<\/th><th>imagenet\/2-classes<\/th>/);
    const alone = rows.filter(({ dataset }) => dataset === 'imagenet' || dataset === 'constant');
    return expect(studyReport(inputOf(alone))).resolves.not.toContain('fewer classes tell');
  });

  test('carries its results, which come back as they were', () => {
    const [, data] = /download="results.csv" href="data:text\/csv;base64,([^"]+)"/.exec(page) ?? [];
    expect(parseResults(Buffer.from(data as string, 'base64').toString(), 'results.csv')).toEqual(rows);
  });

  test('is written as well where nothing can be said: one dataset, or two architectures', async () => {
    for (const few of [
      rows.filter(({ dataset }) => dataset === 'imagenet'),
      rows.filter(({ architecture }) => /&amp;[01]$/.test(architecture)),
    ])
      expect(await studyReport(inputOf(few))).toContain('</html>');
  });
});
