import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(6, 'subsets');
const target = Array.from({ length: 150 }, () => 0.4 + 0.05 * random.normal());
const near = (noise: number) => target.map((error) => error + noise * random.normal());
const of = (columns: object) => ({ further: target.map(() => columns) });
const subset = (classes: number, classDraw: number) => of({ parentDataset: 'reference', classes, classDraw });

// Names tell nothing: subsets and controls are found by their columns.
const rows = [
  ...rowsOf('reference', near(0.08), of({ parentDataset: 'reference' })),
  ...rowsOf('target', target, of({ parentDataset: 'target' })),
  ...rowsOf('x', near(0.02), subset(10, 1)),
  ...rowsOf('y', near(0.02), subset(10, 0)),
  ...rowsOf('z', near(0.05), subset(5, 0)),
  ...rowsOf('w', near(0.06), of({ parentDataset: 'reference', control: 10, classes: null })),
  ...rowsOf('reference/2-classes', near(0.05), of({ parentDataset: 'other', classes: 2, classDraw: 0 })),
];
const analysis = analyzeResults(rows, options({ bootstrapResamples: 1000 }));

test('a dataset is a subset or a control of the reference by its columns, not by its name', () => {
  expect(analysis.datasets.map(({ dataset, role, classes, classDraw }) => [dataset, role, classes, classDraw])).toEqual(
    [
      ['reference', 'reference', null, null],
      ['target', 'target', null, null],
      ['x', 'subset', 10, 1],
      ['y', 'subset', 10, 0],
      ['z', 'subset', 5, 0],
      ['w', 'control', 10, null],
      ['reference/2-classes', 'target', 2, 0],
    ],
  );
});

describe('subsets of the reference', () => {
  const [ten, five] = analysis.subsets.filter((comparison) => comparison.target === 'target');
  const r = (a: string) =>
    analysis.correlations.find((pair) => [pair.a, pair.b].includes(a) && [pair.a, pair.b].includes('target'))!;

  test('are compared by class count over all draws, in the order of their numbers', () => {
    expect(ten!.draws.map(({ dataset, n, pearson, spearman }) => [dataset, n, pearson, spearman])).toEqual([
      ['y', 150, r('y').pearson, r('y').spearman],
      ['x', 150, r('x').pearson, r('x').spearman],
    ]);
    expect(ten!.meanSpearman).toBeCloseTo((r('x').spearman! + r('y').spearman!) / 2, 12);
    expect(ten!.drawDeviation).toBeCloseTo(Math.abs(r('x').spearman! - r('y').spearman!) / Math.SQRT2, 12);
    expect([five!.classes, five!.drawDeviation, five!.isOfThisDraw]).toEqual([5, null, true]);
    expect(ten!.isOfThisDraw).toBe(false);
  });

  test('are compared with the reference and with as many images of all classes', () => {
    expect(ten!.difference).toBeCloseTo(ten!.meanSpearman! - r('reference').spearman!, 12);
    expect(ten).toMatchObject({ verdict: 'higher' });
    expect(ten!.pValueCorrected).toBeLessThan(0.01);
    expect(ten!.control).toMatchObject({ datasets: ['w'], spearman: r('w').spearman, verdict: 'higher' });
    expect(ten!.control!.difference).toBeCloseTo(ten!.meanSpearman! - r('w').spearman!, 12);
    expect(ten!.control!.toReference.difference).toBeCloseTo(r('w').spearman! - r('reference').spearman!, 12);
    expect(ten!.control!.explained).toBeCloseTo(ten!.control!.toReference.difference! / ten!.difference!, 12);
    expect(five!.control).toBeNull();
  });

  test('are compared on the same architectures: runs that are missing on a subset change nothing', () => {
    const worst = [...near(0).keys()].sort((a, b) => target[b]! - target[a]!).slice(0, 30);
    const missing = rows.filter(
      ({ dataset, architecture }) => dataset !== 'x' || !worst.includes(Number(architecture.slice(-3))),
    );
    const [found] = analyzeResults(missing, options()).subsets;
    expect(found).toMatchObject({ n: 120, classes: 10 });
    const complete = missing.filter(({ architecture }) => !worst.includes(Number(architecture.slice(-3))));
    expect(found!.referenceSpearman).toBe(analyzeResults(complete, options()).targets[0]!.spearman);
  });

  test('are no targets of subsets, comparisons, choices or advice themselves', () => {
    for (const list of [analysis.subsets, analysis.comparisons, analysis.choices, analysis.advice])
      expect(new Set(list.map((entry) => entry.target))).toEqual(new Set(['target', 'reference/2-classes']));
    expect(analysis.targets).toHaveLength(6);
  });
});
