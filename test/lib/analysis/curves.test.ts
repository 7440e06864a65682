import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../lib/analysis/index.ts';
import { stream } from '../../../lib/core/random.ts';
import type { CurveRow } from '../../../lib/results/curves-table.ts';
import { options, rowsOf } from './results.ts';

const random = stream(2, 'curves');
const quality = Array.from({ length: 60 }, () => random.normal());
const architectures = rowsOf(
  'reference',
  quality.map((value) => 0.5 + 0.05 * value),
);

/** Curves of three epochs, each with less noise than the one before. */
const curves: CurveRow[] = architectures.flatMap(({ architecture }, index) =>
  [1.5, 0.1, 0].map((noise, epoch) => ({
    architecture,
    dataset: 'reference',
    seed: 0,
    epoch: epoch + 1,
    validationTop1Error: 0.5 + 0.05 * (quality[index]! + noise * random.normal()),
  })),
);

const curveOf = (rows: readonly CurveRow[]) => analyzeResults(architectures, options({ curves: rows })).curves;

describe('a ranking curve', () => {
  test('tells how like the final errors those after each epoch are, and from when on the ranking is visible', () => {
    const [curve] = curveOf(curves);
    expect(curve).toMatchObject({ dataset: 'reference', epochs: 3, visibleFrom: 2 });
    expect(curve!.points.map(({ epoch, n }) => [epoch, n])).toEqual([
      [1, 60],
      [2, 60],
    ]);
    expect(curve!.points[0]!.spearman).toBeLessThan(0.8);
    expect(curve!.points[1]!.spearman).toBeGreaterThan(0.95);
    expect(curve!.points[1]!.pearsonCi95![0]).toBeLessThan(curve!.points[1]!.pearson!);
  });

  test('is of the runs that have the last epoch', () => {
    const [ended] = curveOf(curves.filter(({ architecture, epoch }) => epoch < 3 || architecture > 'arch-009'));
    expect(ended!.points.map(({ n }) => n)).toEqual([50, 50]);
  });

  test('averages seeds before it compares', () => {
    const opposite = curves.map((row) => ({ ...row, seed: 1, validationTop1Error: 1 - row.validationTop1Error! }));
    const [both] = curveOf([...curves, ...opposite]);
    // every mean is one half
    expect(both!.points.every(({ n, spearman }) => n === 60 && spearman === null)).toBe(true);
    expect(both!.visibleFrom).toBeNull();
  });

  test('is there for datasets with two epochs or more', () => {
    expect(curveOf([])).toEqual([]);
    expect(curveOf(curves.filter(({ epoch }) => epoch === 1))).toEqual([]);
  });
});
