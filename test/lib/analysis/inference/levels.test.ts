import { expect, test } from 'vitest';
import { levelsOf, overReport, permutationsFor, reportLevel } from '../../../../lib/analysis/inference/levels.ts';

const roles = (...all: ('reference' | 'subset' | 'control' | 'target')[]) => all.map((role) => ({ role }));

test('the questions that a report answers share its level', () => {
  const whole = levelsOf(roles('reference', 'subset', 'control', 'target', 'target'), 2, 20);
  expect(Object.keys(whole)).toHaveLength(8);
  for (const levels of [whole, levelsOf(roles('reference', 'target', 'target'), 0, 5)])
    expect(Object.values(levels).reduce((sum, level) => sum + level, 0)).toBeCloseTo(reportLevel, 12);
  expect(whole.ranking).toBeCloseTo(0.015, 12);
});

test('one question alone has the whole level', () => {
  expect(levelsOf(roles('reference', 'target'), 0, 0)).toEqual({ ranking: reportLevel });
  expect(levelsOf(roles('reference'), 0, 0)).toEqual({});
});

test('a corrected p-value is at most that of the report exactly if its own is at most the level, and can be 0.001', () => {
  expect(overReport(0.01, 0.01)).toBeCloseTo(reportLevel, 12);
  expect(overReport(0.5, 0.01)).toBe(1);
  expect(overReport(1 / (permutationsFor(0.005) + 1), 0.005)).toBeLessThanOrEqual(0.001);
});
