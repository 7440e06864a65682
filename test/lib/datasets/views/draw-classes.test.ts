import { describe, expect, test } from 'vitest';
import type { ClassSubset } from '../../../../lib/datasets/selection.ts';
import { drawClasses } from '../../../../lib/datasets/views/draw-classes.ts';

const names = (count: number) => Array.from({ length: count }, (_, label) => `class ${label}`);
const draw = (seed: number, dataset: string, total: number, subset: Partial<ClassSubset>) =>
  drawClasses(seed, dataset, names(total), { classes: 2, classDraw: 0, nestedClasses: false, ...subset });

test('draws the same classes again, and others for another draw, seed or dataset', () => {
  const first = draw(0, 'imagenet', 1000, { classes: 10 });
  expect(first).toEqual(draw(0, 'imagenet', 1000, { classes: 10 }));
  expect(first).toEqual([...first].sort((a, b) => a - b));
  expect(new Set(first).size).toBe(10);
  for (const other of [
    draw(0, 'imagenet', 1000, { classes: 10, classDraw: 1 }),
    draw(1, 'imagenet', 1000, { classes: 10 }),
    draw(0, 'insects', 1000, { classes: 10 }),
    draw(0, 'imagenet', 1000, { classes: 10, nestedClasses: true }),
  ])
    expect(other).not.toEqual(first);
});

test.each([false, true])('draws every class equally often (nested: %s)', (nestedClasses) => {
  const counts = Array<number>(10).fill(0);
  for (let classDraw = 0; classDraw < 4000; classDraw++)
    for (const label of draw(0, 'mnist', 10, { classes: 3, classDraw, nestedClasses })) counts[label]!++;
  for (const count of counts) expect(Math.abs(count - 1200)).toBeLessThan(150);
});

describe('nested draws', () => {
  test('of fewer classes are contained in draws of more: 2 within 5 within 10', () => {
    for (let classDraw = 0; classDraw < 20; classDraw++) {
      const nested = (classes: number) => draw(3, 'imagenet', 1000, { classes, classDraw, nestedClasses: true });
      expect(nested(10)).toEqual(expect.arrayContaining(nested(5)));
      expect(nested(5)).toEqual(expect.arrayContaining(nested(2)));
    }
  });
});

test('all classes are all classes', () => {
  expect(draw(0, 'mnist', 4, { classes: 4 })).toEqual([0, 1, 2, 3]);
});
