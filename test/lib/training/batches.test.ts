import { expect, test } from 'vitest';
import { stream } from '../../../lib/core/random.ts';
import { epochBatches, ranges } from '../../../lib/training/batches.ts';

const drawn = (images: number, batchSize: number, seed = 0) =>
  epochBatches(stream(seed, 'batches'), images, batchSize).map((batch) => [...batch]);

test('an epoch has every image once, and its last batch is smaller if they do not divide evenly', () => {
  const batches = drawn(103, 20);
  expect(batches.map(({ length }) => length)).toEqual([20, 20, 20, 20, 20, 3]);
  expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, index) => index));
});

test('a single remaining image is left out', () => {
  const batches = drawn(101, 20);
  expect(batches.map(({ length }) => length)).toEqual([20, 20, 20, 20, 20]);
  expect(new Set(batches.flat()).size).toBe(100);
});

test('batches that divide evenly are all full; fewer images than a batch make one', () => {
  expect(drawn(40, 20).map(({ length }) => length)).toEqual([20, 20]);
  expect(drawn(3, 20).map(({ length }) => length)).toEqual([3]);
});

test('one image, or none, makes no batch', () => {
  expect(drawn(1, 20)).toEqual([]);
  expect(drawn(0, 20)).toEqual([]);
});

test('equal streams draw equal orders, different ones different orders', () => {
  expect(drawn(50, 8)).toEqual(drawn(50, 8));
  expect(drawn(50, 8)).not.toEqual(drawn(50, 8, 1));
});

test('ranges follow each other up to the last image, a single one included', () => {
  expect(ranges(7, 3)).toEqual([
    [0, 3],
    [3, 6],
    [6, 7],
  ]);
  expect(ranges(6, 3)).toEqual([
    [0, 3],
    [3, 6],
  ]);
  expect(ranges(0, 3)).toEqual([]);
});
