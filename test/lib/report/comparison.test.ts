import { describe, expect, test } from 'vitest';
import { agreements, differingFields } from '../../../lib/report/comparison.ts';
import { comparisonReport } from '../../../lib/report/comparison-report.ts';
import { madeUpResults } from './results.ts';

describe('studies side by side', () => {
  const [first, second] = [
    { ...madeUpResults({ architectures: 30 }), title: 'first' },
    { ...madeUpResults({ architectures: 30, seeds: 2 }), title: '<b>second</b>' },
  ];

  test('differ in the fields of their configs that are not the same', () => {
    expect(
      differingFields([
        { a: 1, b: { c: [1, 2] } },
        { a: 1, b: { c: [1, 3] }, d: 'x' },
      ]),
    ).toEqual([
      { field: 'b.c[1]', values: ['2', '3'] },
      { field: 'd', values: [null, '"x"'] },
    ]);
  });

  test('agree dataset by dataset over the architectures that are the same in both', () => {
    const found = agreements([first, second]);
    expect(found.map(({ dataset }) => dataset)).toEqual(first.analysis.matrix.datasets);
    expect(found[0]!.n).toBe(30);
    expect(found[0]!.pearson).toBeGreaterThan(0.9);
    const other = { ...second, rows: second.rows.map((row) => ({ ...row, d1: 99 })) };
    expect(agreements([first, other])).toEqual([]);
  });

  test('are one page that begins with what differs and escapes their names', () => {
    const page = comparisonReport([first, second]);
    expect(page).not.toContain('<b>second');
    expect(page.indexOf('In what they differ')).toBeLessThan(page.indexOf('What each found'));
    expect(page.match(/&lt;b&gt;second/g)!.length).toBeGreaterThan(5);
  });
});
