import { expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { midranks } from '../../../../lib/analysis/statistics/transfers.ts';
import { options, rowsOf } from '../results.ts';

const rows = [
  ...rowsOf('reference', [0.1, 0.2, 0.3, 0.4, 0.5, null]),
  ...rowsOf('target', [0.5, 0.4, 0.1, 0.2, null, 0.3]),
];
const { transfers, matrix } = analyzeResults(rows, options());
const [transfer] = transfers;

test('each architecture with both errors has ranks on both datasets', () => {
  expect(matrix.architectures).toHaveLength(6);
  expect(transfer).toMatchObject({
    target: 'target',
    referenceRank: [1, 2, 3, 4, null, null],
    targetRank: [4, 3, 1, 2, null, null],
  });
});

test('residuals say how much better it does than the line predicts, and add up to 0', () => {
  const { linear, probit, logit } = transfer!.residuals;
  for (const residuals of [linear, probit, logit]) {
    expect(residuals.slice(4)).toEqual([null, null]);
    expect(residuals.slice(0, 4).reduce<number>((sum, residual) => sum + residual!, 0)).toBeCloseTo(0, 12);
  }
  // accuracies 0.9 0.8 0.7 0.6 and 0.5 0.6 0.9 0.8: slope -1.2, intercept 1.6
  expect(linear[0]).toBeCloseTo(0.5 - (1.6 - 1.2 * 0.9), 12);
  expect(linear[2]).toBeCloseTo(0.9 - (1.6 - 1.2 * 0.7), 12);
});

test('ties share the mean of their places', () => {
  expect(midranks(Float64Array.of(3, 1, 3, 2, 0, 3), (row) => row !== 4)).toEqual([4, 1, 4, 2, null, 4]);
});
