import { expect, test } from 'vitest';
import { isResident } from '../../../lib/training/training-images.ts';

const gibibyte = 2 ** 30;

test('images stay in TensorFlow if they take at most a quarter of the free memory', () => {
  expect(isResident(gibibyte, 4 * gibibyte)).toBe(true);
  expect(isResident(gibibyte + 1, 4 * gibibyte)).toBe(false);
});

test('2 GiB of images are streamed, however much memory is free', () => {
  expect(isResident(2 * gibibyte - 1, Infinity)).toBe(true);
  expect(isResident(2 * gibibyte, Infinity)).toBe(false);
});
