import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  levelsOf,
  overReport,
  permutationsFor,
  questions,
  reportLevel,
  type Asked,
} from '../../../../lib/analysis/inference/levels.ts';

const asked = (facts: ('reference' | 'subset' | 'control' | 'target')[], others: Partial<Asked> = {}): Asked => ({
  facts: facts.map((role) => ({ role })),
  ...{ sizes: 0, parameters: 0, hasSeeds: false, hasCurvesOfSeeds: false },
  ...others,
});
const everything = asked(['reference', 'subset', 'control', 'target', 'target'], {
  ...{ sizes: 2, parameters: 20, hasSeeds: true, hasCurvesOfSeeds: true },
});

test('the questions that a report answers share its level', () => {
  const whole = levelsOf(everything);
  expect(Object.keys(whole)).toEqual(Object.keys(questions));
  for (const levels of [whole, levelsOf(asked(['reference', 'target', 'target'], { parameters: 5 }))])
    expect(Object.values(levels).reduce((sum, level) => sum + level, 0)).toBeCloseTo(reportLevel, 12);
  expect(whole.ranking).toBeCloseTo((0.05 * 30) / 110, 12);
});

test('one question alone has the whole level', () => {
  expect(levelsOf(asked(['reference', 'target']))).toEqual({ ranking: reportLevel });
  expect(levelsOf(asked(['reference']))).toEqual({});
});

test("a corrected p-value is at most the report's level exactly if the p-value is at most the question's, and can be 0.001", () => {
  expect(overReport(0.01, 0.01)).toBeCloseTo(reportLevel, 12);
  expect(overReport(0.5, 0.01)).toBe(1);
  expect(overReport(1 / (permutationsFor(0.005) + 1), 0.005)).toBeLessThanOrEqual(0.001);
});

test('docs/statistics.md has the questions with their weights and levels', () => {
  const text = readFileSync(new URL('../../../../docs/statistics.md', import.meta.url), 'utf8');
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const levels = levelsOf(everything);
  for (const [question, { asks, weight }] of Object.entries(questions))
    expect(rows.find((cells) => cells[1] === asks)?.slice(2, 4)).toEqual([
      String(weight),
      `${(100 * levels[question as keyof typeof levels]!).toFixed(2)} %`,
    ]);
});
