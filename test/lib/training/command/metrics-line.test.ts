import { expect, test } from 'vitest';
import { RunCurve } from '../../../../lib/training/command/curve.ts';
import { formatEpoch, parseMetricsLine } from '../../../../lib/training/command/metrics-line.ts';

const parsed = (line: string) => {
  const notes: string[] = [];
  return { ...parseMetricsLine(line, (note) => notes.push(note)), notes };
};

const nothing = {
  ...{ learningRate: null, trainingLoss: null, validationLoss: null, validationTop1Error: null },
  imagesPerSecond: null,
};

test('a line has the known numbers, and further ones', () => {
  expect(
    parsed('{"epoch": 2, "epochs": 9, "loss": 1.5, "grad-norm": 3, "timestamp": "2026-11-30", "list": [1]}'),
  ).toEqual({
    epoch: { epoch: 2, ...nothing, trainingLoss: 1.5, metrics: { 'grad-norm': 3 } },
    ...{ loss: 1.5, epochs: 9, within: undefined, notes: [] },
  });
  expect(parsed('{"epoch": 2, "step": 3, "stepsPerEpoch": 10}').within).toEqual({ step: 3, stepsPerEpoch: 10 });
  expect(parsed('{"epoch": 2, "step": 3}').within).toEqual({ step: 3, stepsPerEpoch: 3 });
});

test('NaN and Infinity, which Python writes, are missing values', () => {
  expect(parsed('{"epoch": 1, "loss": NaN, "validationLoss": -Infinity, "NaN": 1}')).toMatchObject({
    epoch: { epoch: 1, trainingLoss: null, validationLoss: null, metrics: { NaN: 1 } },
    notes: [],
  });
});

test.each([
  ['{"epoch": 1, "loss": "0.5"}', 'loss must be a number, got "0.5"'],
  ['{"epoch": 1, "validationTop1Error": 50}', 'validationTop1Error must be a number between 0 and 1, got 50'],
  ['{"epoch": 1, "imagesPerSecond": 0}', 'imagesPerSecond must be a positive number, got 0'],
  ['{"epoch": 1, "epochs": 1.5}', 'epochs must be a positive integer, got 1.5'],
  ['{"epoch": 1, "learningRate": ["\u202e"]}', 'learningRate must be a number of at least 0, got ["\\u{202e}"]'],
])('%s is kept except for one field', (line, note) => {
  expect(parsed(line)).toMatchObject({ epoch: { epoch: 1, ...nothing }, notes: [note] });
});

test.each([
  ['nothing', ''],
  ['a list', '[]'],
  ['a number', '3'],
  ['an object without an epoch', '{"loss": 1}'],
  ['epoch 0', '{"epoch": 0}'],
  ['an epoch as a string', '{"epoch": "1"}'],
  ['half an object', '{"epoch": 1'],
  ['deep nesting', '{"a":'.repeat(10_000)],
])('%s is not a line', (_what, line) => {
  expect(() => parsed(line)).toThrow(SyntaxError);
});

test('an epoch is written in the form in which it is read', () => {
  const { epoch } = parsed('{"epoch": 2, "loss": 1.5, "validationTop1Error": 0.25, "norm": 3}');
  expect(parsed(formatEpoch(epoch)).epoch).toEqual(epoch);
});

test('a curve has each epoch once: one that is trained again replaces its earlier record', () => {
  const curve = new RunCurve(100, 0);
  const add = (line: object, now = 1000) => curve.add(parsed(JSON.stringify(line)), now);
  for (const epoch of [1, 2, 3]) add({ epoch, loss: epoch });
  add({ epoch: 2, loss: 20 });
  add({ epoch: 4, step: 1 });
  expect(curve.epochs.map(({ epoch, trainingLoss }) => [epoch, trainingLoss])).toEqual([
    [1, 1],
    [2, 20],
  ]);
});

test('progress has a speed, if only by the clock, and the last known loss', () => {
  const curve = new RunCurve(100, 0);
  const add = (line: object, now: number) => curve.add(parsed(JSON.stringify(line)), now);
  expect(add({ epoch: 3, step: 5, stepsPerEpoch: 10, epochs: 4, loss: 2 }, 1000)).toEqual({
    ...{ epoch: 3, epochs: 4, step: 5, stepsPerEpoch: 10, imagesPerSecond: 50, loss: 2 },
  });
  expect(add({ epoch: 3 }, 2000)).toMatchObject({ epochs: 3, imagesPerSecond: 50, loss: 2 });
  expect(add({ epoch: 4, imagesPerSecond: 7 }, 9000)).toMatchObject({ imagesPerSecond: 7 });
});
