import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { options, rowsOf } from '../results.ts';

const reference = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
const target = [0.5, 0.4, 0.4, 0.4, 0.2, 0.9, 0.9, 0.9, 0.9, 0.9, 0.1];
const further = reference.map((_, index) => ({ params: 100 - index }));
const rows = [...rowsOf('reference', reference, { further }), ...rowsOf('target', target, { further })];

describe('choosing the k best', () => {
  const { targets, choices } = analyzeResults(rows, options({ parameters: ['params'] }));

  test('by the reference loses the error of the best of them against the best of all', () => {
    expect(targets[0]!.regret.map(({ k, regret }) => [k, Number(regret.toFixed(9))])).toEqual([
      [1, 0.4],
      [5, 0.1],
      [10, 0.1],
    ]);
  });

  test('finds a share of the k best on the target, ties among them', () => {
    // the five best on the target have at most 0.4; of the ten best nine of the first ten are
    expect(targets[0]!.regret.map(({ precision }) => precision)).toEqual([0, 0.8, 1]);
  });

  test('has intervals of regret from 0 up, and of precision within [0, 1]', () => {
    for (const { k, regretCi95, precisionCi95 } of choices) {
      if (regretCi95 !== null) expect(regretCi95[0]).toBeGreaterThanOrEqual(0);
      expect(precisionCi95 === null).toBe(k === 1);
      if (k === 1) continue;
      expect(precisionCi95![0]).toBeGreaterThanOrEqual(0);
      expect(precisionCi95![1]).toBeLessThanOrEqual(1);
    }
  });

  test('has no interval of regret if more than a quarter are chosen', () => {
    expect(targets[0]!.regret.map(({ regretCi95 }) => regretCi95 === null)).toEqual([false, true, true]);
  });

  test('is given for every proxy; by size the largest are chosen', () => {
    expect(choices.map(({ by, k }) => `${by.kind} ${by.name} ${k}`)).toEqual(
      ['reference reference', 'size params'].flatMap((by) => [1, 5, 10].map((k) => `${by} ${k}`)),
    );
    // params fall in the order of the reference's errors, so that both choose alike
    expect(choices.filter(({ by }) => by.kind === 'size').map(({ regret }) => regret)).toEqual(
      targets[0]!.regret.map(({ regret }) => regret),
    );
  });
});

test('ties on the proxy are resolved against the choice', () => {
  for (const errors of [
    [0.2, 0.5, 0.6, 0.7],
    [0.5, 0.2, 0.6, 0.7],
  ]) {
    const tied = [...rowsOf('reference', [0.1, 0.1, 0.3, 0.4]), ...rowsOf('target', errors)];
    expect(analyzeResults(tied, options()).targets[0]!.regret[0]!.regret).toBeCloseTo(0.3, 12);
  }
});

test('of k architectures no k are chosen', () => {
  const five = [...rowsOf('reference', reference.slice(0, 5)), ...rowsOf('target', target.slice(0, 5))];
  expect(analyzeResults(five, options()).targets[0]!.regret.map(({ k }) => k)).toEqual([1]);
});

describe('a target with two seeds', () => {
  const errors = [
    [0.1, 0.5],
    [0.2, 0.2],
    [0.3, 0.1],
    [0.4, 0.4],
    [0.5, 0.6],
    [0.6, 0.7],
    [0.7, 0.8],
  ];
  const seedsOf = (seed: 0 | 1) =>
    rowsOf(
      'target',
      errors.map((own) => own[seed]!),
      { seed },
    );
  const byOrder = rowsOf('reference', [0.2, 0.1, 0.3, 0.4, 0.5, 0.6, 0.7]);
  const [first] = analyzeResults([...byOrder, ...seedsOf(0), ...seedsOf(1)], options()).targets[0]!.regret;

  test('chooses the best on one seed and scores it on another, both ways', () => {
    // The reference chooses the second. By seed 0 the first is best, by seed 1 the third: scored on the other seed 0.5 and 0.3.
    expect(first).toMatchObject({ k: 1, scoredOnOtherSeed: true });
    expect(first!.regret).toBeCloseTo((0.2 - 0.5 + (0.2 - 0.3)) / 2, 12);
  });

  test('is scored on its means if few architectures have both', () => {
    const few = [...byOrder, ...seedsOf(0), ...seedsOf(1).slice(0, 3)];
    expect(analyzeResults(few, options()).targets[0]!.regret[0]).toMatchObject({ scoredOnOtherSeed: false });
  });
});
