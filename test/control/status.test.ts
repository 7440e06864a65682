import { describe, expect, test } from 'vitest';
import { estimateSecondsLeft, type DatasetStatus } from '../../control/status.ts';

const dataset = (changes: Partial<DatasetStatus>): DatasetStatus => ({
  dataset: 'mnist',
  total: 10,
  finished: 0,
  reused: 0,
  diverged: 0,
  failed: 0,
  running: [],
  hold: null,
  failures: null,
  ...changes,
});

const running = (epoch: number, step: number) => ({
  name: 'train arch-000',
  attempt: 1,
  lastFailure: null,
  progress: { epoch, epochs: 4, step, stepsPerEpoch: 100, imagesPerSecond: 500, loss: 1 },
});

describe('the time left', () => {
  test('is that of the remaining runs at the pace of those that ended', () => {
    expect(estimateSecondsLeft([dataset({})], [dataset({ finished: 3, failed: 1, diverged: 1 })], 50)).toBe(50);
  });

  test('counts the trained part of running runs', () => {
    const now = [dataset({ finished: 1, running: [running(3, 0), running(1, 200 / 2)] })];
    // 1 + 2/4 + 1/4 of 10 runs in 35 s.
    expect(estimateSecondsLeft([dataset({})], now, 35)).toBeCloseTo((35 * 8.25) / 1.75, 9);
  });

  test('is not shortened by runs that were there already', () => {
    const earlier = [dataset({ reused: 2 })];
    expect(estimateSecondsLeft(earlier, [dataset({ reused: 8, finished: 1 })], 10)).toBe(10);
  });

  test('is unknown as long as nothing was done', () => {
    expect(estimateSecondsLeft([dataset({})], [dataset({ reused: 5 })], 10)).toBeNull();
  });
});
