import { expect, test } from 'vitest';
import { runsBetweenExtremes } from '../../../lib/results/extremes.ts';

const row = (dataset: string, runKey: string, top1Error: number | null) => ({
  architecture: runKey,
  dataset,
  seed: 0,
  top1Error,
  runKey,
});

test('runs between the best and the worst of each dataset are middling', () => {
  const rows = [
    ...[0.5, 0.1, 0.3, 0.2, 0.4].map((error) => row('mnist', `m${error}`, error)),
    row('mnist', 'diverged', null),
    ...[0.9, 0.8].map((error) => row('cifar10', `c${error}`, error)),
  ];
  expect(runsBetweenExtremes(rows, 1)).toEqual(['m0.2', 'm0.3', 'm0.4']);
  expect(runsBetweenExtremes(rows, 2)).toEqual(['m0.3']);
  expect(runsBetweenExtremes(rows, 3)).toEqual([]);
});
