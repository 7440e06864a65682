import { describe, expect, it } from 'vitest';
import { apportion, drawClasses, holdOut, mixed, positionsByClass, stratifiedSample } from '../../datasets/splits.ts';
import { stream } from '../../core/random.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('drawClasses', () => {
  it('draws the same classes again, and others for another draw, seed or dataset', () => {
    const draw = drawClasses(0, 'imagenet', 1000, 10, 0);
    expect(draw).toEqual(drawClasses(0, 'imagenet', 1000, 10, 0));
    expect(draw).toEqual([...draw].sort((a, b) => a - b));
    expect(new Set(draw).size).toBe(10);
    for (const other of [
      drawClasses(0, 'imagenet', 1000, 10, 1),
      drawClasses(1, 'imagenet', 1000, 10, 0),
      drawClasses(0, 'insects', 1000, 10, 0),
    ])
      expect(other).not.toEqual(draw);
  });

  it('draws every class equally often', () => {
    const counts = Array<number>(10).fill(0);
    for (let draw = 0; draw < 4000; draw++) for (const label of drawClasses(0, 'mnist', 10, 3, draw)) counts[label]!++;
    for (const count of counts) expect(Math.abs(count - 1200)).toBeLessThan(150);
  });
});

describe('apportion', () => {
  it('adds up to exactly the total, in proportion, ties to the lower class', () => {
    expect(apportion([100, 100, 100], 10)).toEqual([4, 3, 3]);
    expect(apportion([50, 30, 20], 10)).toEqual([5, 3, 2]);
    expect(apportion([6, 3, 1], 5)).toEqual([3, 1, 1]);
  });

  it('gives each class one image at least, and none more than it has', () => {
    expect(apportion([1000, 1, 1], 3)).toEqual([1, 1, 1]);
    expect(apportion([1000, 1, 1], 500)).toEqual([498, 1, 1]);
    expect(apportion([2, 3, 4], 100)).toEqual([2, 3, 4]);
    expect(apportion([0, 3, 4], 2)).toEqual([0, 1, 1]);
    expect(apportion([0, 0], 0)).toEqual([0, 0]);
  });

  it('adds up for any sizes', () => {
    const random = stream(1, 'sizes');
    for (let trial = 0; trial < 300; trial++) {
      const sizes = Array.from({ length: 1 + random.integer(20) }, () => 1 + random.integer(200));
      const total = sizes.length + random.integer(sum(sizes) - sizes.length + 1);
      const shares = apportion(sizes, total);
      expect(sum(shares)).toBe(total);
      shares.forEach((share, c) => {
        expect(share).toBeGreaterThanOrEqual(1);
        expect(share).toBeLessThanOrEqual(sizes[c]!);
      });
    }
  });

  it('refuses fewer images than classes', () => {
    expect(() => apportion([5, 5, 5], 2)).toThrow('3 classes need at least one image each, got 2');
  });
});

const labels = Uint16Array.from({ length: 100 }, (_, position) => position % 4);

it('positions of kept classes are numbered anew in the original order', () => {
  const classes = positionsByClass(labels, [1, 3]);
  expect(classes[0]!.every((position) => labels[position] === 1)).toBe(true);
  expect(classes[1]!.every((position) => labels[position] === 3)).toBe(true);
  expect(classes.map((positions) => positions.length)).toEqual([25, 25]);
});

it('holding out takes round(fraction n) of each class and loses nothing', () => {
  const classes = positionsByClass(labels, [0, 1, 2, 3]);
  const { kept, heldOut } = holdOut(classes, 0.1, stream(0, 'validation'));
  expect(heldOut.map((positions) => positions.length)).toEqual([3, 3, 3, 3]);
  classes.forEach((positions, c) => {
    expect([...kept[c]!, ...heldOut[c]!].sort((a, b) => a - b)).toEqual(positions);
  });
  expect(holdOut(classes, 0, stream(0, 'validation')).kept.map((positions) => positions.length)).toEqual(
    Array(4).fill(25),
  );
});

it('a stratified sample has distinct images of the right classes', () => {
  const classes = positionsByClass(labels, [0, 1, 2, 3]);
  const sample = stratifiedSample(classes, 22, stream(0, 'sample'));
  expect(sample.map((positions) => positions.length)).toEqual([6, 6, 5, 5]);
  sample.forEach((positions, c) => {
    expect(new Set(positions).size).toBe(positions.length);
    expect(positions.every((position) => labels[position] === c)).toBe(true);
  });
  expect(stratifiedSample(classes, undefined, stream(0, 'sample'))).toEqual(classes);
});

it('mixing keeps every image with its label, in an order not by class', () => {
  const images = mixed(positionsByClass(labels, [0, 1, 2, 3]), stream(0, 'order'));
  expect(images.map(({ position }) => position).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, position) => position),
  );
  expect(images.every(({ position, label }) => labels[position] === label)).toBe(true);
  expect(new Set(images.slice(0, 30).map(({ label }) => label)).size).toBe(4);
});
