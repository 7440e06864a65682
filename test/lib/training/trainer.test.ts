import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { predictionProblems } from '../../../lib/predictions/check-predictions.ts';
import { readPredictions } from '../../../lib/predictions/read-predictions.ts';
import { summaryOf } from '../../../lib/predictions/summary.ts';
import type { TrainingTask } from '../../../lib/training/run.ts';
import { readState } from '../../../lib/training/state-file.ts';
import { trainNetwork } from '../../../lib/training/trainer.ts';
import { scalarsOf } from './event-file-reader.ts';
import { preparedDigits, smallTask } from './small-task.ts';
import { bits } from './stored-state.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const root = sharedTemporaryFolder();
let digits: string;
beforeAll(async () => {
  digits = await preparedDigits(join(root, 'data'));
});

/** Trains in this process: the weights bit for bit, what was logged, and the rest of the result. */
async function trained(task: TrainingTask, resident?: boolean) {
  const log: string[] = [];
  const { weightsFile, predictionsFile, curve, trainingSeconds, evaluation, ...result } = await trainNetwork(
    { ...task, protocol: { ...task.protocol, precision: 'float32' } },
    {
      onProgress: () => undefined,
      onLog: (line) => log.push(line),
      ...(resident !== undefined && { resident }),
    },
  );
  expect(trainingSeconds).toBeGreaterThan(0);
  return {
    ...result,
    weights: weightsFile === null ? null : bits((await readState(weightsFile)).state),
    curve: curve.map((epoch) => ({ ...epoch, imagesPerSecond: undefined })),
    evaluation: evaluation && { ...evaluation, evaluationSeconds: undefined },
    predictions: predictionsFile === null ? null : await readFile(predictionsFile),
    log,
  };
}

test('images that stay in TensorFlow and images that are streamed train the same network, bit for bit', async () => {
  const resident = await trained(smallTask(root, 'resident', digits), true);
  const streamed = await trained(smallTask(root, 'streamed', digits), false);
  expect(streamed.weights).toEqual(resident.weights);
  expect(streamed.curve).toEqual(resident.curve);
});

test('a damaged checkpoint is named and skipped, and training from the previous one ends the same', async () => {
  const task = smallTask(root, 'damaged', digits, { epochs: 3 });
  const undisturbed = await trained(task);
  const checkpoints = join(task.workDirectory, 'checkpoints');
  const newest = join(checkpoints, 'epoch-000003.bin');
  await writeFile(newest, (await readFile(newest)).subarray(0, -1));
  const again = await trained(task);
  expect(again.log).toEqual([
    `${newest} is skipped: ${newest} is damaged: its checksum is wrong`,
    'continuing after epoch 2 of 3',
  ]);
  expect(again.weights).toEqual(undisturbed.weights);
  expect(again.curve).toEqual(undisturbed.curve);
});

test('a run that was interrupted after its last epoch trains nothing more, and its test gives the same numbers', async () => {
  const task = { ...smallTask(root, 'complete', digits), predictions: true };
  const { log, ...first } = await trained(task);
  expect(log).toEqual([]);
  expect(first.evaluation?.validation?.top1Error).toBe(first.curve.at(-1)?.validationTop1Error);
  expect(await trained(task)).toEqual({ ...first, log: ['continuing after epoch 2 of 2'] });

  const dataset = await openPreparedDataset(digits);
  const { test: tested, predictions: summary } = first.evaluation!;
  const predictions = await readPredictions(first.predictions!, 'predictions', 50);
  const labels = await dataset.labels('test');
  expect(predictionProblems(predictions, { ...tested, classes: 10, labels })).toEqual([]);
  expect(summary).toEqual(summaryOf(predictions, 10));
  const logLoss = -predictions.probabilities.reduce((sum, probability) => sum + Math.log(probability), 0) / 50;
  expect(logLoss).toBeCloseTo(tested.loss, 5);
});

test.each([
  ['that stay in TensorFlow', true],
  ['that are streamed', false],
])(
  'a run that is interrupted within its epochs, on images %s, ends the same, bit for bit',
  async (_which, resident) => {
    const protocol = {
      epochs: 2,
      batchSize: 32,
      precision: 'float32' as const,
      augmentation: { crop: { kind: 'random-sized' }, horizontalFlip: true, pcaLighting: 0.1 },
      schedule: { per: 'step' },
    };
    const undisturbed = await trained(
      { ...smallTask(root, `whole-${resident}`, digits, protocol), predictions: true },
      resident,
    );
    const task = {
      ...smallTask(root, `in-parts-${resident}`, digits, protocol),
      ...{ checkpointMinutes: 1e-9, predictions: true },
    };
    const log: string[] = [];
    for (const after of [2, 3, 5]) {
      let checkpoints = 0;
      const onCheckpoint = () => {
        if (++checkpoints === after) throw new Error('interrupted');
      };
      await expect(
        trainNetwork(
          { ...task, protocol: { ...task.protocol, precision: 'float32' } },
          { onProgress: () => undefined, onLog: (line) => log.push(line), onCheckpoint, resident },
        ),
      ).rejects.toThrow('interrupted');
    }
    const resumed = await trained(task, resident);
    expect([...log, ...resumed.log]).toEqual([
      'continuing after step 2 of epoch 1 of 2',
      'continuing after step 5 of epoch 1 of 2',
      'continuing after step 3 of epoch 2 of 2',
    ]);
    expect(resumed.weights).toEqual(undisturbed.weights);
    expect(resumed.curve).toEqual(undisturbed.curve);
    expect(resumed.evaluation).toEqual(undisturbed.evaluation);
    expect(resumed.predictions).toEqual(undisturbed.predictions);
  },
);

test('another seed trains another network; another run key, e.g. of a new version or field, the same', async () => {
  const task = smallTask(root, 'seed', digits, { epochs: 1 });
  const { weights } = await trained(task);
  const other = (name: string, change: Partial<TrainingTask>) =>
    trained({ ...task, workDirectory: join(root, name), ...change });
  expect((await other('other-seed', { seed: 1 })).weights).not.toEqual(weights);
  expect((await other('other-run', { runKey: 'another' })).weights).toEqual(weights);
});

test('a network that diverges in the last step of an epoch has diverged, though every loss was finite', async () => {
  const task = smallTask(root, 'last-step', digits, { epochs: 1, batchSize: 200 });
  // Above what a config may ask for, so that one step is enough.
  const optimizer = { ...task.protocol.optimizer, learningRate: 1e39 };
  const result = await trained({ ...task, protocol: { ...task.protocol, optimizer } });
  expect(result).toMatchObject({ outcome: 'diverged', weights: null, curve: [] });
  expect(result.failure).toMatch(/was not finite after epoch 1$/);
});

test('event files have the losses, rates and errors of a run; none are written if they are turned off', async () => {
  const task = smallTask(root, 'events', digits);
  const { curve, evaluation } = await trained({ ...task, tensorBoard: true });
  const folder = join(task.workDirectory, 'events');
  const scalars = (await Promise.all((await readdir(folder)).map((name) => scalarsOf(join(folder, name))))).flat();
  const valuesOf = (tag: string) => scalars.filter((scalar) => scalar.tag === tag);
  const steps = 7;
  expect(valuesOf('top_1_error/validation')).toEqual(
    curve.map(({ validationTop1Error }, epoch) => ({
      tag: 'top_1_error/validation',
      step: (epoch + 1) * steps,
      value: Math.fround(validationTop1Error as number),
    })),
  );
  const { loss, top1Error, top5Error } = evaluation!.test;
  for (const [tag, value] of Object.entries({
    'loss/test': loss,
    'top_1_error/test': top1Error,
    'top_5_error/test': top5Error!,
  }))
    expect(valuesOf(tag)).toEqual([{ tag, step: 2 * steps, value: Math.fround(value) }]);
  for (const tag of ['loss/training', 'loss/validation', 'learning_rate', 'images_per_second'])
    expect(valuesOf(tag).map(({ step }) => step)).toEqual(expect.arrayContaining([steps, 2 * steps]));

  const silent = smallTask(root, 'silent', digits, { epochs: 1 });
  await trained(silent);
  expect(await readdir(silent.workDirectory)).toEqual(['checkpoints', 'model', 'weights.bin']);
});
