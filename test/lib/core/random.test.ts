import { describe, expect, test } from 'vitest';
import { stream } from '../../../lib/core/random.ts';

const draws = (count: number, draw: () => number) => Array.from({ length: count }, draw);

describe('a random stream', () => {
  test('is the same for the same seed and name, on every machine', () => {
    const random = stream(7, 'init', 'run-1');
    const again = stream(7, 'init', 'run-1');
    expect(draws(3, () => random.uniform())).toEqual(draws(3, () => again.uniform()));
    const fixed = stream(0, 'golden');
    expect(draws(3, () => fixed.uniform())).toMatchInlineSnapshot(`
      [
        0.902647811863168,
        0.09975547682690822,
        0.3699548176645405,
      ]
    `);
  });

  test('differs between seeds and between names', () => {
    const firsts = [stream(1, 'a'), stream(2, 'a'), stream(1, 'b'), stream(1, 'a', 0), stream(1, 'a', 1)].map(
      (random) => random.uniform(),
    );
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test('has uniform and normal draws with the right moments', () => {
    const random = stream(3, 'moments');
    const n = 100_000;
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const uniforms = draws(n, () => random.uniform());
    expect(mean(uniforms)).toBeCloseTo(0.5, 2);
    expect(Math.min(...uniforms.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    const normals = draws(n, () => random.normal());
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(mean(normals.map((value) => value ** 2))).toBeCloseTo(1, 1);
  });

  test('shuffles every item to every position', () => {
    const random = stream(4, 'shuffle');
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[random.shuffled([0, 1, 2, 3]).indexOf(0)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
