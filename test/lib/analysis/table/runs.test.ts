import { expect, test } from 'vitest';
import { runsOf } from '../../../../lib/analysis/table/runs.ts';
import { rowsOf } from '../results.ts';

test('runs without an error are counted by cause, and runs without a row as missing', () => {
  const finished = { outcome: 'finished' };
  const further = [
    finished,
    { outcome: 'diverged' },
    { outcome: 'failed', failureCategory: 'infrastructure' },
    { outcome: 'failed', failureCategory: 'infrastructure' },
    { outcome: 'failed', failureCategory: 'input' },
    {},
  ];
  const rows = [
    ...rowsOf('reference', [0.1, null, null, null, null, null], { further }),
    ...rowsOf('target', [0.1, 0.2, 0.3], { seed: 4 }),
    ...rowsOf('target', [0.1], { seed: 2 }),
  ];
  expect(runsOf(rows, ['reference', 'target'])).toEqual([
    {
      dataset: 'reference',
      runs: 6,
      finished: 1,
      diverged: 1,
      failed: [
        { category: 'infrastructure', runs: 2 },
        { category: 'input', runs: 1 },
        { category: 'unknown', runs: 1 },
      ],
      missing: 0,
      seeds: [0],
      architectures: 1,
    },
    { dataset: 'target', runs: 4, finished: 4, diverged: 0, failed: [], missing: 8, seeds: [2, 4], architectures: 3 },
  ]);
});
