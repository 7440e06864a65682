import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { spearman } from '../definitions.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(7, 'effects');
const depths = Array.from({ length: 60 }, () => 1 + random.integer(16));
const further = depths.map((depth) => ({ d1: depth, d2: 1 + random.integer(16) }));
const errorsOf = (slope: number) =>
  depths.map((depth) => 0.5 + 0.05 * (slope * ((depth - 8.5) / 4.6) + Math.sqrt(1 - slope * slope) * random.normal()));
const errors = { reference: errorsOf(0.6), opposite: errorsOf(-0.6), like: errorsOf(0.6) };
const rows = Object.entries(errors).flatMap(([dataset, own]) => rowsOf(dataset, own, { further }));
const differencesOf = (table: typeof rows) =>
  analyzeResults(table, options({ bootstrapResamples: 1000, parameters: ['d1', 'd2'] }), ['effectDifferences'])
    .effectDifferences;

describe('the difference of an effect between two datasets', () => {
  const found = differencesOf(rows);

  test('is found on 60 networks if depth goes with more errors on one, and with fewer on the other', () => {
    expect(found.map(({ parameter, a, b, verdict }) => [parameter, a, b, verdict])).toEqual([
      ['d1', 'reference', 'opposite', 'differs'],
      ['d1', 'reference', 'like', 'undecided'],
      ['d1', 'opposite', 'like', 'differs'],
      ['d2', 'reference', 'opposite', 'undecided'],
      ['d2', 'reference', 'like', 'undecided'],
      ['d2', 'opposite', 'like', 'undecided'],
    ]);
  });

  test('is that of the rank correlations, in an interval that excludes 0 exactly if its corrected p is at most 0.05', () => {
    expect(found[0]!.difference).toBeCloseTo(
      spearman(depths, errors.reference) - spearman(depths, errors.opposite),
      12,
    );
    for (const { difference, differenceCi95, pValueCorrected, verdict } of found) {
      const [low, high] = differenceCi95!;
      expect(low).toBeLessThan(difference!);
      expect(high).toBeGreaterThan(difference!);
      expect([low > 0 || high < 0, pValueCorrected! <= 0.05]).toEqual([verdict === 'differs', verdict === 'differs']);
    }
  });

  test('is taken on the networks that have an error on the reference and every target', () => {
    const missing = rows.map((row) =>
      row.dataset === 'like' && row.architecture < 'arch-010' ? { ...row, top1Error: null } : row,
    );
    const complete = rows.filter(({ architecture }) => architecture >= 'arch-010');
    const [few, own] = [differencesOf(missing), differencesOf(complete)];
    expect(few[0]).toMatchObject({ n: 50 });
    few.forEach(({ difference }, index) => expect(difference).toBeCloseTo(own[index]!.difference!, 12));
  });
});
