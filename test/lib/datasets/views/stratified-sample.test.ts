import { describe, expect, test } from 'vitest';
import { stream } from '../../../../lib/core/random.ts';
import { apportion, stratifiedSample } from '../../../../lib/datasets/views/stratified-sample.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('apportion', () => {
  test('adds up to exactly the total, in proportion, ties to the lower class', () => {
    expect(apportion([100, 100, 100], 10)).toEqual([4, 3, 3]);
    expect(apportion([50, 30, 20], 10)).toEqual([5, 3, 2]);
    expect(apportion([6, 3, 1], 5)).toEqual([3, 1, 1]);
  });

  test('gives each class one image at least, and none more than it has', () => {
    expect(apportion([1000, 1, 1], 3)).toEqual([1, 1, 1]);
    expect(apportion([1000, 1, 1], 500)).toEqual([498, 1, 1]);
    expect(apportion([2, 3, 4], 100)).toEqual([2, 3, 4]);
    expect(apportion([0, 3, 4], 2)).toEqual([0, 1, 1]);
    expect(apportion([0, 0], 0)).toEqual([0, 0]);
  });

  test('adds up for any sizes', () => {
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

  test('refuses fewer images than classes', () => {
    expect(() => apportion([5, 5, 5], 2)).toThrow('3 classes need at least one image each, got 2');
  });
});

test('a stratified sample has distinct images of each class, and smaller ones are parts of it', () => {
  const classes = ['a', 'b', 'c', 'd'];
  const images = classes.map((_, label) => Array.from({ length: 25 }, (_, index) => 4 * index + label));
  const sample = (total: number) =>
    stratifiedSample(images, total, { seed: 0, purpose: 'train-images', dataset: 'd', classes });
  const large = sample(22);
  expect(classes.map((_, label) => large.filter((position) => position % 4 === label).length)).toEqual([6, 6, 5, 5]);
  expect(new Set(large).size).toBe(22);
  expect(large).toEqual([...large].sort((a, b) => a - b));
  expect(large).toEqual(expect.arrayContaining(sample(9)));
  expect(sample(1000)).toHaveLength(100);
});
