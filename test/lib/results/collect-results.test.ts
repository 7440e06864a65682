import { expect, test } from 'vitest';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { reservedColumns } from '../../../lib/design-space/listed-network.ts';
import { formatCurves, outcomesOfRuns, rowsOfRuns } from '../../../lib/results/collect-results.ts';
import { formatOutcomes, parseOutcomes } from '../../../lib/results/image-outcomes.ts';
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

test('metrics of predictions are columns if any run has kept its predictions; which images are wrong is told apart', () => {
  const predictions = {
    sha256: '0'.repeat(64),
    wrong: Buffer.from([0b101]).toString('base64'),
    ...{ balancedError: 0.25, macroF1: 0.5, auc: null, wrongByClass: [2, 0] },
  };
  const testSet = 'images/test';
  const testClasses = [
    { name: 'shirt', images: 8 },
    { name: 'boot', images: 8 },
  ];
  const runs = [diverged(), finished({ predictions })].map((record) => ({
    ...{ record, selection, trainingImages: 1500, testSet, testClasses },
  }));
  const rows = rowsOfRuns(runs);
  expect(Object.keys(rows[0]!)).toEqual(Object.keys(rows[1]!));
  expect(rows[0]).toMatchObject({ balancedError: null, macroF1: null });
  expect(rows[1]).toMatchObject({ balancedError: 0.25, macroF1: 0.5, auc: null });
  expect(parseResults(formatResults(rows), 'own.csv')).toEqual(rows);
  expect(Object.keys(rowsOfRuns([{ record: finished(), selection, trainingImages: 1500 }])[0]!)).not.toContain(
    'macroF1',
  );

  const outcomes = outcomesOfRuns(runs);
  expect(outcomes).toEqual([
    {
      ...{ dataset: 'fashion-mnist/5-classes', testSet, images: 16, classes: testClasses },
      runs: [{ architecture: 'arch-007', seed: 2, wrong: Uint8Array.of(0b101), wrongByClass: [2, 0] }],
    },
  ]);
  expect(parseOutcomes(formatOutcomes(outcomes), 'outcomes.json')).toEqual(outcomes);
  expect(() => parseOutcomes('[{"dataset":1}]', 'outcomes.json')).toThrow('outcomes.json');
});

/** A run of a listed network, which a command trained. */
const listed = (numbers: Record<string, number>) => ({
  record: finished({
    architecture: { name: 'resnet50', spec: { depth: 50 } },
    complexity: null,
    protocol: { settings: { lr: 0.1 } },
    versions: { engine: 'command/timm@1+aa', device: 'CPU, 1 thread', torch: '2.15.0', python: '3.12.3' },
    predictions: { sha256: 'a'.repeat(64), balancedError: 0.1, macroF1: 0.9, auc: null, wrong: '', wrongByClass: [] },
  }),
  ...{ selection, trainingImages: 1500, testImages: 400, numbers },
});

test('a run of a listed network has the numbers of its list, and the versions that its trainer names, instead of a structure', () => {
  const [row] = rowsOfRuns([listed({ flops: 4.1e9, imagenetError: 0.2 })]);
  expect(row).toMatchObject({
    ...{ flops: 4.1e9, imagenetError: 0.2, epochs: null, tensorflow: null, node: null },
    ...{ engine: 'command/timm@1+aa', device: 'CPU, 1 thread', versions: 'python 3.12.3, torch 2.15.0' },
  });
  expect(Object.keys(row!)).not.toContain('totalDepth');
});

test('no number of a list may be called like any other column', () => {
  const [row] = rowsOfRuns([listed({ own: 1 })]);
  expect(Object.keys(row!).filter((column) => !reservedColumns.includes(column))).toEqual(['own']);
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
