import { describe, expect, test } from 'vitest';
import { secondsLeftAtPace, secondsLeftAtSpeed, type DatasetStatus } from '../../control/status.ts';

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

/** A run on ImageNet takes as long as twenty on MNIST. */
const costs = new Map([
  ['mnist', { images: 1000, work: 1 }],
  ['imagenet', { images: 5000, work: 20 }],
]);

describe('the time left', () => {
  test('is the time of the remaining runs at the pace of the ended ones', () => {
    expect(secondsLeftAtPace([dataset({})], [dataset({ finished: 3, failed: 1, diverged: 1 })], 50, costs)).toBe(50);
  });

  test('counts the trained part of running runs', () => {
    const now = [dataset({ finished: 1, running: [running(3, 0), running(1, 200 / 2)] })];
    // 1 + 2/4 + 1/4 of 10 runs in 35 s.
    expect(secondsLeftAtPace([dataset({})], now, 35, costs)).toBeCloseTo((35 * 8.25) / 1.75, 9);
  });

  test('is not shortened by runs that already existed', () => {
    const earlier = [dataset({ reused: 2 })];
    expect(secondsLeftAtPace(earlier, [dataset({ reused: 8, finished: 1 })], 10, costs)).toBe(10);
  });

  test('weighs each dataset by the cost of its runs', () => {
    const imagenet = dataset({ dataset: 'imagenet', total: 1 });
    const now = [dataset({}), { ...imagenet, finished: 1 }];
    // The run of cost 20 is done, one of cost 10 is left.
    expect(secondsLeftAtPace([dataset({}), imagenet], now, 100, costs)).toBe(50);
  });

  test('is computed from the current speed of running trainings if there is no earlier status', () => {
    const imagenet = dataset({ dataset: 'imagenet', total: 2, running: [running(3, 0), running(3, 0)] });
    // One of two runs is left on ImageNet (20), and those on MNIST (10); at 1,000 images/s, a fifth of a run, 4 are done per second.
    expect(secondsLeftAtSpeed([dataset({}), imagenet], costs)).toBeCloseTo(30 / 4, 9);
    expect(secondsLeftAtSpeed([dataset({})], costs)).toBeNull();
  });

  test('is unknown while the cost of runs on a dataset is unknown', () => {
    const [added, now] = [dataset({ dataset: 'new' }), dataset({ finished: 3, running: [running(2, 0)] })];
    expect(secondsLeftAtPace([dataset({}), added], [now, added], 10, costs)).toBeNull();
    expect(secondsLeftAtSpeed([now, added], costs)).toBeNull();
  });

  test('is unknown while nothing has been done', () => {
    expect(secondsLeftAtPace([dataset({})], [dataset({ reused: 5 })], 10, costs)).toBeNull();
  });
});
