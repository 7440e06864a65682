import { expect, test } from 'vitest';
import { gpusFedByOneDisk } from '../../../lib/study/data-bound.ts';

/** A dataset of whole photos, prepared with a short side of at most 384 pixels. */
const photos = {
  size: { train: 900_000, validation: 50_000, test: 50_000, classes: 1000, imageSize: 384, channels: 3 },
  preparedBytes: 1e6 * 384 * 512 * 3,
  trainingImages: 1e8,
  forwardImages: 0,
  activations: 1e8 * 1e7,
};

test('eight GPUs on one disk of 3 GB/s get 636 whole photos a second each', () => {
  // Of networks with 10 M activations an image.
  expect(gpusFedByOneDisk([photos], 636 * 1e7)).toBeCloseTo(8, 1);
  expect(gpusFedByOneDisk([photos], 2 * 636 * 1e7)).toBeCloseTo(4, 1);
});

test('images that only pass forward are read as well, and the dataset that needs the most decides', () => {
  expect(gpusFedByOneDisk([{ ...photos, forwardImages: 1e8 }, photos], 636 * 1e7)).toBeCloseTo(4, 1);
});

test('datasets that stay in memory bound nothing', () => {
  const small = { ...photos, preparedBytes: 70_000 * 784 };
  expect(gpusFedByOneDisk([small], 1e12)).toBe(Infinity);
  expect(gpusFedByOneDisk([], 1e12)).toBe(Infinity);
});
