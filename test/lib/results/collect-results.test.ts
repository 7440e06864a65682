import { expect, test } from 'vitest';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { formatCurves, rowsOfRuns } from '../../../lib/results/collect-results.ts';
import { formatResults, parseResults } from '../../../lib/results/results-table.ts';
import { diverged, finished } from './records.ts';

const selection = datasetSelectionSchema.parse({ dataset: 'fashion-mnist', classes: 5, classDraw: 2 });

test('a run is a row: errors, complexity, structure, and what its dataset is a subset of', () => {
  const [row] = rowsOfRuns([{ record: finished(), selection, trainingImages: 1500, testImages: 400 }]);
  expect(row).toMatchObject({
    architecture: 'arch-007',
    dataset: 'fashion-mnist/5-classes',
    seed: 2,
    top1Error: 0.125,
    top5Error: null,
    validationTop1Error: 0.2,
    outcome: 'finished',
    failure: null,
    parentDataset: 'fashion-mnist',
    classes: 5,
    classDraw: 2,
    control: null,
    imagesPerEpoch: 1500,
    testImages: 400,
    flops: 1000,
    params: 200,
    acts: 30,
    d1: 1,
    w2: 16,
    runKey: 'a1',
    tensorflow: '2.21.0',
  });
});

test('a whole dataset is no subset', () => {
  const whole = datasetSelectionSchema.parse({ dataset: 'mnist' });
  expect(rowsOfRuns([{ record: finished(), selection: whole, trainingImages: null }])[0]).toMatchObject({
    parentDataset: 'mnist',
    classes: null,
    classDraw: null,
  });
});

test('a run that diverged has no error, but its outcome and what happened', () => {
  const rows = rowsOfRuns([finished(), diverged()].map((record) => ({ record, selection, trainingImages: 1500 })));
  expect(rows[1]).toMatchObject({ top1Error: null, outcome: 'diverged', failureCategory: 'divergence' });
  expect(parseResults(formatResults(rows), 'own.csv')).toEqual(rows);
});

test('curves have a row for each epoch of a run', () => {
  const epoch = {
    epoch: 1,
    learningRate: 0.1,
    trainingLoss: 2.5,
    validationLoss: null,
    validationTop1Error: null,
    imagesPerSecond: 100,
  };
  const record = finished({ curve: [epoch, { ...epoch, epoch: 2, validationLoss: 1.5, validationTop1Error: 0.5 }] });
  expect(
    formatCurves([{ record, selection, trainingImages: 1500 }])
      .split('\n')
      .slice(1, 3),
  ).toEqual(['arch-007,fashion-mnist/5-classes,2,1,0.1,2.5,,', 'arch-007,fashion-mnist/5-classes,2,2,0.1,2.5,1.5,0.5']);
});

test('a control has no classes of its own, and tells those of the subset that it is of', () => {
  const control = datasetSelectionSchema.parse({ dataset: 'fashion-mnist', controlFor: { classes: 5 } });
  const [row] = rowsOfRuns([{ record: finished(), selection: control, trainingImages: 1500 }]);
  expect(row).toMatchObject({ parentDataset: 'fashion-mnist', classes: null, control: 5 });
});
