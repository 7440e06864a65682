import { expect, test } from 'vitest';
import { Kernel, lanes } from '../../../../lib/analysis/kernel/kernel.ts';
import {
  ReplicateBlocks,
  replicateCount,
  replicatesOf,
  type Replicates,
} from '../../../../lib/analysis/resampling/replicates.ts';

/** How often each item is in each replicate. */
function countsOf(replicates: Replicates): number[][] {
  const kernel = new Kernel();
  const blocks = new ReplicateBlocks(kernel, replicates);
  const all: number[][] = [];
  for (let block = 0; block < blocks.blocks; block++) {
    blocks.fill(block);
    const counts = kernel.int32(blocks.counts, lanes * replicates.items);
    for (let lane = 0; lane < lanes; lane++)
      all.push(Array.from({ length: replicates.items }, (_, item) => counts[lanes * item + lane]!));
  }
  expect(
    all
      .slice(replicateCount(replicates))
      .flat()
      .every((count) => count === 0),
  ).toBe(true);
  return all.slice(0, replicateCount(replicates));
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

test('replicates are the sample, its resamples, and the sample without each architecture', () => {
  const [sample, ...others] = countsOf(replicatesOf(7, 20, 1, true));
  expect(sample).toEqual([1, 1, 1, 1, 1, 1, 1]);
  for (const resample of others.slice(0, 20)) expect(sum(resample)).toBe(7);
  expect(others.slice(20)).toEqual(
    Array.from({ length: 7 }, (_, left) => sample!.map((_, item) => (item === left ? 0 : 1))),
  );
});

test('resamples draw every architecture alike', () => {
  const resamples = countsOf(replicatesOf(10, 4000, 2, true)).slice(1, 4001);
  const [first] = resamples[0]!.map((_, item) => resamples.map((counts) => counts[item]!));
  for (let item = 0; item < 10; item++) expect(sum(resamples.map((counts) => counts[item]!)) / 4000).toBeCloseTo(1, 1);
  // binomial of 10 draws: not drawn at all with 0.9^10
  expect(first!.filter((count) => count === 0).length / 4000).toBeCloseTo(0.9 ** 10, 1);
});

test('resamples are the same for the same seed, and others for another one', () => {
  const resamples = (seed: number) => countsOf(replicatesOf(12, 9, seed, true));
  expect(resamples(1)).toEqual(resamples(1));
  expect(resamples(1)).not.toEqual(resamples(2));
});

test('without a jackknife replicates are the sample and its resamples', () => {
  expect(countsOf(replicatesOf(7, 20, 1, false))).toEqual(countsOf(replicatesOf(7, 20, 1, true)).slice(0, 21));
});

test('of a large sample groups are left out, each architecture once', () => {
  const replicates = replicatesOf(1203, 1, 0, true);
  const left = countsOf(replicates).slice(2);
  expect(left).toHaveLength(500);
  expect(left.every((counts) => sum(counts) >= 1200 && sum(counts) <= 1201)).toBe(true);
  for (let item = 0; item < 1203; item++) expect(left.filter((counts) => counts[item] === 0)).toHaveLength(1);
});
