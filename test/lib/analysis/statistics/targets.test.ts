import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { architecturesToDecide } from '../../../../lib/analysis/statistics/deciding-size.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(1, 'targets');
const quality = Array.from({ length: 100 }, () => random.normal());
const near = (share: number) =>
  quality.map((value) => 0.5 + 0.05 * (share * value + Math.sqrt(1 - share * share) * random.normal()));
const targetsOf = (rows: Parameters<typeof analyzeResults>[0], resamples = 1000) =>
  analyzeResults(rows, options({ bootstrapResamples: resamples })).targets;

describe('the verdict on a target', () => {
  const rows = [
    ...rowsOf('reference', near(1)),
    ...rowsOf('like', near(0.9)),
    ...rowsOf('unlike', near(-0.9)),
    ...rowsOf('unrelated', near(0)),
  ];
  const targets = targetsOf(rows);

  test('is made by rank correlation', () => {
    expect(targets.map(({ verdict }) => verdict).slice(0, 2)).toEqual(['holds', 'reversed']);
    expect(targets[2]!.verdict).not.toBe('holds');
  });

  test('has an interval that is wider the more targets there are', () => {
    const width = (of: (typeof targets)[number]) => of.verdictCi95![1] - of.verdictCi95![0];
    const alone = targetsOf(rows.filter(({ dataset }) => ['reference', 'unrelated'].includes(dataset)));
    expect(width(targets[2]!)).toBeGreaterThan(width(alone[0]!));
  });

  test('is not made by failed networks: they move r, not the ranking, and are named', () => {
    const failed = (errors: number[]) => errors.map((error, index) => (index < 3 ? 0.95 + 0.01 * index : error));
    const [target] = targetsOf([...rowsOf('reference', failed(near(1))), ...rowsOf('target', failed(near(-0.5)))]);
    expect(target!.spearman).toBeLessThan(-0.2);
    expect(target!.pearson).toBeGreaterThan(0.3);
    expect(['holds', 'gone']).not.toContain(target!.verdict);
    expect(target!.pearsonDisagrees).toBe(true);
    expect(target!.pearsonMadeBy).toEqual(expect.arrayContaining(['arch-000', 'arch-001', 'arch-002']));
    expect(target!.pearsonMadeBy.length).toBeLessThan(6);
    const [low, high] = target!.pearsonLeavingOneOut!;
    expect(low).toBeLessThanOrEqual(target!.pearson!);
    expect(high).toBeGreaterThanOrEqual(target!.pearson!);
  });

  test('is made a second time with diverged runs ranked last', () => {
    const errors = near(0.9);
    const diverged = quality.map((value) => value > 1.5);
    const further = diverged.map((is) => ({ outcome: is ? 'diverged' : 'finished' }));
    const [target] = targetsOf([
      ...rowsOf('reference', near(1)),
      ...rowsOf(
        'target',
        errors.map((error, index) => (diverged[index] ? null : error)),
        { further },
      ),
    ]);
    const lost = diverged.filter(Boolean).length;
    expect(target).toMatchObject({ n: 100 - lost, divergedLast: { n: 100, verdict: 'holds' } });
    expect(target!.divergedLast!.spearman).toBeGreaterThan(target!.spearman!);
    expect(targets[0]!.divergedLast).toBeNull();
  });

  test('is none on fewer than six networks, however they agree', () => {
    const errors = [0.1, 0.2, 0.3, 0.4, 0.5];
    const [target] = targetsOf([...rowsOf('reference', errors), ...rowsOf('target', errors)]);
    expect(target).toMatchObject({ spearman: 1, verdict: 'undecided', verdictCi95: null, pValue: null });
    expect(target!.bestThird.spearmanCi95).toBeNull();
  });

  test('has the number of networks that would decide it, which grows with the number of targets', () => {
    const few = targetsOf([...rowsOf('reference', near(1).slice(0, 12)), ...rowsOf('target', near(0).slice(0, 12))]);
    expect(few[0]).toMatchObject({ verdict: 'undecided', architecturesNeeded: 113 });
    expect(targets[0]!.architecturesNeeded).toBeNull();
    // By hand, SciPy: ((z(1 - 0.025 / 8) + z(0.9)) / atanh(0.3))^2 + 3 = 171.3
    expect(architecturesToDecide(8, 0.05)).toBe(172);
  });

  test('has the rank correlation of the third that is best on the reference', () => {
    const best = targets[0]!.bestThird;
    expect(best.n).toBe(34);
    expect(best.spearman).toBeLessThan(targets[0]!.spearman!);
  });
});
