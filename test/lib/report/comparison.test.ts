import { describe, expect, test } from 'vitest';
import { agreements, differingFields } from '../../../lib/report/comparison.ts';
import { comparisonReport } from '../../../lib/report/comparison-report.ts';
import { madeUpResults } from './results.ts';

describe('studies side by side', () => {
  const [first, second] = [
    { ...madeUpResults({ architectures: 60 }), title: 'first' },
    { ...madeUpResults({ architectures: 60, seeds: 2 }), title: '<b>second</b>' },
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
    expect(found[0]!.n).toBe(60);
    expect(found[0]!.pearson).toBeGreaterThan(0.9);
    const other = { ...second, rows: second.rows.map((row) => ({ ...row, d1: 99 })) };
    expect(agreements([first, other])).toEqual([]);
  });

  test('are one page that begins with whether they find the same and escapes their names', () => {
    const page = comparisonReport([first, second]);
    expect(page).toContain('<h1>The verdict is the same on 6 datasets that they have in common</h1>');
    expect(page).not.toContain('<b>second');
    expect(page).toContain('imagenet, 10 classes, draw 1');
    expect(page).not.toContain('imagenet/10-classes');
    expect(page.indexOf('Finding by finding')).toBeLessThan(page.indexOf('How their configs differ'));
    expect(page.match(/&lt;b&gt;second/g)!.length).toBeGreaterThan(5);
  });

  test('have each finding in one row, and those that differ are marked', () => {
    const other = madeUpResults({ architectures: 30, datasets: { imagenet: { share: 1 }, carrying: { share: -0.9 } } });
    const page = comparisonReport([
      {
        ...madeUpResults({ architectures: 30, datasets: { imagenet: { share: 1 }, carrying: { share: 0.9 } } }),
        title: 'a',
      },
      { ...other, title: 'b' },
    ]);
    expect(page).toContain('<h1>The verdict differs on the one dataset that they have in common</h1>');
    const [row] = page.split('<tr class="chosen">')[1]!.split('</tr>');
    expect(row).toContain('Networks that do well on imagenet also do well on carrying');
    expect(row).toContain('Networks that do well on imagenet do badly on carrying');
    expect(row).toContain('≠ different');
  });

  test('that are undecided are not said to find the same', () => {
    const few = { architectures: 5, datasets: { imagenet: { share: 1 }, mine: { share: 0.9 } } };
    const page = comparisonReport(['a', 'b'].map((title) => ({ ...madeUpResults(few), title })));
    expect(page).toContain('<h1>Both studies are undecided on the one dataset that they have in common</h1>');
  });
});
