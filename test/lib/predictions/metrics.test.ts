import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { areaUnderCurve, balancedError, classCounts, classErrors, macroF1 } from '../../../lib/predictions/metrics.ts';
import { summaryOf } from '../../../lib/predictions/summary.ts';
import type { Predictions } from '../../../lib/predictions/predictions.ts';

interface GoldenCase {
  name: string;
  classes: number;
  labels: number[];
  predicted: number[];
  probabilities: number[];
  balancedError: number;
  macroF1: number;
  classErrors: (number | null)[];
  auc: number | null;
}

/** Values by scikit-learn: `balanced_accuracy_score`, `f1_score`, `recall_score`, `roc_auc_score`. */
const { cases } = JSON.parse(readFileSync(new URL('golden/metrics.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[];
};

test.each(cases)('metrics of predictions agree with scikit-learn: $name', (golden) => {
  const { classes } = golden;
  const predictions: Predictions = {
    labels: Int32Array.from(golden.labels),
    probabilities: Float32Array.from(golden.probabilities),
    ranked: [Int32Array.from(golden.predicted)],
  };
  const counts = classCounts(predictions, classes);
  expect(balancedError(counts)).toBeCloseTo(golden.balancedError, 14);
  expect(macroF1(counts)).toBeCloseTo(golden.macroF1, 14);
  expect(classErrors(counts)).toEqual(
    golden.classErrors.map((error) => error && (expect.closeTo(error, 14) as number)),
  );
  const { wrongByClass } = summaryOf(predictions, classes);
  counts.forEach(({ images }, label) =>
    expect(wrongByClass[label]).toBeCloseTo(images * (golden.classErrors[label] ?? 0), 10),
  );
  const auc = areaUnderCurve(predictions, classes);
  if (golden.auc === null) expect(auc).toBeNull();
  else expect(auc).toBeCloseTo(golden.auc, 14);
});
