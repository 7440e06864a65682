import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareWeights, weightsDigest } from '../../../lib/runs/compare-weights.ts';
import { writeState } from '../../../lib/training/state-file.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const point = (imagesPerSecond: number) => ({
  epoch: 1,
  learningRate: 0.1,
  trainingLoss: 1,
  validationLoss: null,
  validationTop1Error: null,
  imagesPerSecond,
});

/** The content of a file of weights, with a speed that says nothing of them. */
async function weights(values: number[], imagesPerSecond = 100): Promise<Buffer> {
  const path = join(await temporaryFolder(), 'weights.bin');
  const state = new Map([
    ['a', Float32Array.from(values)],
    ['b', Float32Array.of(100)],
  ]);
  await writeState(path, { runKey: 'k', epochs: 1, curve: [point(imagesPerSecond)], state });
  return readFile(path);
}

describe('weights', () => {
  test('are compared by their names and values, whatever else their files contain', async () => {
    const [slow, fast, other] = [await weights([1, 2], 10), await weights([1, 2], 20), await weights([1, 2.5], 10)];
    expect(slow.equals(fast)).toBe(false);
    expect(weightsDigest(slow, 'w')).toBe(weightsDigest(fast, 'w'));
    expect(weightsDigest(slow, 'w')).not.toBe(weightsDigest(other, 'w'));
  });

  test('that differ are reported with the largest difference, absolute and relative to its array', async () => {
    const [before, after] = [await weights([1, -2]), await weights([1, -2.5])];
    const kept = { content: before, path: 'w', digest: undefined };
    expect(compareWeights(kept, after)).toEqual({
      isEqual: false,
      largestDifference: 0.5,
      largestRelativeDifference: 0.25,
    });
    expect(compareWeights(kept, before)).toEqual({ isEqual: true, largestDifference: 0, largestRelativeDifference: 0 });
  });

  test('of which only the digest was kept are equal or different; without it, nothing is said', async () => {
    const [before, after] = [await weights([1, 2]), await weights([1, 3])];
    const digest = weightsDigest(before, 'w');
    expect(compareWeights({ content: undefined, path: 'w', digest }, before)!.isEqual).toBe(true);
    expect(compareWeights({ content: undefined, path: 'w', digest }, after)).toEqual({
      isEqual: false,
      largestDifference: null,
      largestRelativeDifference: null,
    });
    expect(compareWeights({ content: undefined, path: 'w', digest: undefined }, after)).toBeUndefined();
  });

  test('that are damaged are refused by name', async () => {
    const damaged = await weights([1, 2]);
    damaged[damaged.length - 40]! ^= 1;
    expect(() => weightsDigest(damaged, 'runs/x/weights.bin')).toThrow('runs/x/weights.bin is damaged');
  });
});
