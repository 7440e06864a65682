import { describe, expect, test } from 'vitest';
import { generatorOf } from '../../../lib/design-space/generators.ts';
import { integerDistributionSchema, numberDistributionSchema } from '../../../lib/design-space/distribution.ts';
import { stream, type RandomStream } from '../../../lib/core/random.ts';

/** A stream that gives one number again and again. */
const constant = (value: number): RandomStream => ({ ...stream(0), uniform: () => value });
const beforeOne = 1 - Number.EPSILON / 2;

/** The frequencies of the values of a distribution in 50,000 draws. */
function frequencies(distribution: unknown): Map<number, number> {
  const generator = generatorOf(integerDistributionSchema.parse(distribution));
  const random = stream(5, 'generators');
  const counts = new Map<number, number>();
  for (let i = 0; i < 50_000; i++) {
    const value = generator(random);
    counts.set(value, (counts.get(value) ?? 0) + 1 / 50_000);
  }
  return counts;
}

function expectFrequencies(distribution: unknown, expected: Record<number, number>): void {
  const found = frequencies(distribution);
  expect([...found.keys()].sort((a, b) => a - b)).toEqual(Object.keys(expected).map(Number));
  for (const [value, frequency] of Object.entries(expected))
    expect(Math.abs(found.get(Number(value))! - frequency)).toBeLessThan(0.01);
}

describe('a generator', () => {
  test('is uniform over the multiples of its quantum, both ends included', () => {
    expectFrequencies({ kind: 'uniform', low: 8, high: 24, quantum: 8 }, { 8: 1 / 3, 16: 1 / 3, 24: 1 / 3 });
  });

  test("is log-uniform as pycls' rounding up makes it", () => {
    // of u in (ln(4), ln(24)]: up to 8, up to 16, up to 24
    const span = Math.log(24 / 4);
    const expected = { 8: Math.log(8 / 4) / span, 16: Math.log(16 / 8) / span, 24: Math.log(24 / 16) / span };
    expectFrequencies({ kind: 'log-uniform', low: 8, high: 24, quantum: 8 }, expected);
  });

  test('is uniform over the powers of 2', () => {
    expectFrequencies({ kind: 'power-of-2', low: 1, high: 4 }, { 1: 1 / 3, 2: 1 / 3, 4: 1 / 3 });
  });

  test('gives powers of 2 below the quantum and multiples from there on', () => {
    const span = 3; // octaves: 4, then 8 and 16 as one log-uniform range
    const up = Math.log(16 / 4);
    expectFrequencies(
      { kind: 'power-of-2-or-log-uniform', low: 4, high: 16, quantum: 8 },
      { 4: 1 / span, 8: ((2 / span) * Math.log(8 / 4)) / up, 16: ((2 / span) * Math.log(16 / 8)) / up },
    );
  });

  test('is normal with six standard deviations in its range, and nowhere outside', () => {
    const found = frequencies({ kind: 'normal', low: 10, high: 70, quantum: 10 });
    expect(Math.min(...found.keys())).toBeGreaterThanOrEqual(10);
    expect(Math.max(...found.keys())).toBeLessThanOrEqual(70);
    expect(found.get(40)).toBeCloseTo(0.383, 2); // within half a standard deviation
    const logarithms = frequencies({ kind: 'log-normal', low: 1, high: 64 });
    expect(logarithms.get(8)! / logarithms.get(9)!).toBeGreaterThan(1);
    expect(Math.max(...logarithms.keys())).toBeLessThanOrEqual(64);
  });

  test('draws a list of values evenly', () => {
    expectFrequencies({ kind: 'values', values: [3, 5] }, { 3: 0.5, 5: 0.5 });
  });

  test.each(['uniform', 'log-uniform', 'power-of-2', 'power-of-2-or-log-uniform'])(
    'never leaves its range at the ends of the random numbers: %s',
    (kind) => {
      const generator = generatorOf(integerDistributionSchema.parse({ kind, low: 8, high: 1024, quantum: 8 }));
      const ends = [generator(constant(0)), generator(constant(beforeOne))].sort((a, b) => a - b);
      expect(ends).toEqual([8, 1024]);
    },
  );

  test('gives decimal quanta the nearest number', () => {
    const generator = generatorOf(
      numberDistributionSchema.parse({ kind: 'log-uniform', low: 8, high: 256, quantum: 0.1 }),
    );
    const random = stream(6, 'decimal');
    for (let i = 0; i < 1000; i++) {
      const value = generator(random);
      expect(value).toBe(Number(value.toFixed(1)));
    }
  });
});
