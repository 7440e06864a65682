import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import type { CurveRow } from '../../../../lib/results/curves-table.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(2, 'curves');
const quality = Array.from({ length: 60 }, () => random.normal());
const errorsOf = (seed: number) =>
  rowsOf(
    'reference',
    quality.map((value) => 0.5 + 0.05 * value + 0.005 * random.normal()),
    { seed },
  );
const architectures = [0, 1].flatMap(errorsOf);

/** Curves of three epochs, each with less noise than the one before. */
const curvesOf = (rows: typeof architectures): CurveRow[] =>
  rows.flatMap(({ architecture, seed }) =>
    [1.5, 0.1, 0].map((noise, epoch) => ({
      architecture,
      dataset: 'reference',
      seed,
      epoch: epoch + 1,
      validationTop1Error: 0.5 + 0.05 * (quality[Number(architecture.slice(-3))]! + noise * random.normal()),
    })),
  );
const curves = curvesOf(architectures);

const curveOf = (rows: readonly CurveRow[], results = architectures) =>
  analyzeResults(results, options({ curves: rows })).curves;

describe('a ranking curve', () => {
  test('holds the validation errors of one seed against the test errors of the others, as a share of its last value', () => {
    const [curve] = curveOf(curves);
    expect(curve).toMatchObject({ dataset: 'reference', epochs: 3, acrossSeeds: true, visibleFrom: 2 });
    expect(curve!.points.map(({ epoch, n }) => [epoch, n])).toEqual([
      [1, 60],
      [2, 60],
      [3, 60],
    ]);
    const [first, second, third] = curve!.points;
    expect(first!.spearman).toBeLessThan(0.8);
    expect(second!.spearman).toBeGreaterThan(0.95);
    expect(second!.share).toBeCloseTo(second!.spearman! / third!.spearman!, 12);
    expect(third).toMatchObject({ share: 1, shareCi95: [1, 1] });
    // Tested from the last epoch back.
    const pValues = curve!.points.map(({ pValueCorrected }) => pValueCorrected!);
    expect(pValues).toEqual([...pValues].sort((a, b) => b - a));
    expect(pValues.map((pValue) => pValue <= 0.05)).toEqual([false, true, true]);
  });

  test('shows less the more datasets are asked about, as all verdicts of a report share its level', () => {
    const named =
      (dataset: string) =>
      <Row extends { dataset: string }>(row: Row) => ({ ...row, dataset });
    const names = ['reference', 'a', 'b', 'c'];
    const many = analyzeResults(
      names.flatMap((name) => architectures.map(named(name))),
      options({ curves: names.flatMap((name) => curves.map(named(name))) }),
    );
    const [alone] = curveOf(curves);
    const level = (question: 'epochs', of = many) => of.methods.levels[question]!;
    const ratio = (4 * level('epochs', analyzeResults(architectures, options({ curves })))) / level('epochs');
    expect(many.curves[0]!.points[1]!.pValueCorrected! / alone!.points[1]!.pValueCorrected!).toBeCloseTo(ratio, 6);
  });

  test('does not see the ranking in the noise that a run repeats: only the other seed counts', () => {
    // Errors are noise of the run alone, which its validation errors show from the first epoch on.
    const noise = [0, 1].flatMap((seed) =>
      rowsOf(
        'reference',
        quality.map(() => random.uniform()),
        { seed },
      ),
    );
    const own = noise.flatMap(({ architecture, seed, top1Error }) =>
      [1, 2, 3].map((epoch) => ({ architecture, dataset: 'reference', seed, epoch, validationTop1Error: top1Error })),
    );
    const [curve] = curveOf(own, noise);
    expect(curve!.visibleFrom).toBeNull();
    for (const { spearman, share } of curve!.points) {
      expect(Math.abs(spearman!)).toBeLessThan(0.35);
      expect(share).toBeNull();
    }
  });

  test('of a single seed does not tell when the ranking is visible', () => {
    const single = architectures.filter(({ seed }) => seed === 0);
    const [curve] = curveOf(curvesOf(single), single);
    expect(curve).toMatchObject({ acrossSeeds: false, visibleFrom: null });
    expect(curve!.points[1]!.spearman).toBeGreaterThan(0.9);
    expect(curve!.points[1]!.share).toBeNull();
  });

  test('is of the runs that have the last epoch', () => {
    const [ended] = curveOf(curves.filter(({ architecture, epoch }) => epoch < 3 || architecture > 'arch-009'));
    expect(ended!.points.map(({ n }) => n)).toEqual([50, 50, 50]);
  });

  test('is there for datasets with two epochs or more', () => {
    expect(curveOf([])).toEqual([]);
    expect(curveOf(curves.filter(({ epoch }) => epoch === 1))).toEqual([]);
  });
});
