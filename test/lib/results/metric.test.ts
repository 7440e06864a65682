import { expect, test } from 'vitest';
import { metricNames, rowsByMetric } from '../../../lib/results/metric.ts';
import type { ResultRow } from '../../../lib/results/results-table.ts';

const row = (architecture: string, values: Partial<ResultRow>): ResultRow => ({
  ...{ architecture, dataset: 'mnist', seed: 0, top1Error: 0.25 },
  ...values,
});

test('each metric puts its own error in the place of the top-1 error: smaller is better', () => {
  const rows = [row('a', { top5Error: 0.125, balancedError: 0.5, macroF1: 0.75, auc: 0.875 })];
  const errors = metricNames.map((name) => [name, rowsByMetric(rows, name)[0]!.top1Error]);
  expect(Object.fromEntries(errors)).toEqual({
    ...{ top1: 0.25, top5: 0.125, balanced: 0.5, 'macro-f1': 0.25, auc: 0.125 },
  });
});

test('a run without an error stays without, and needs no other metric', () => {
  const rows = [
    row('a', { balancedError: 0.5 }),
    row('b', { top1Error: null, outcome: 'diverged', balancedError: null }),
  ];
  expect(rowsByMetric(rows, 'balanced').map(({ top1Error }) => top1Error)).toEqual([0.5, null]);
});

test('the runs of which the metric is not known are named', () => {
  const rows = [row('a', { balancedError: 0.5 }), row('b', {}), row('c', { seed: 3, balancedError: null })];
  expect(() => rowsByMetric(rows, 'balanced')).toThrow(
    `The metric balanced is not known for every run: their predictions were not kept:
  b on mnist, seed 0: column balancedError is empty
  c on mnist, seed 3: column balancedError is empty`,
  );
});
