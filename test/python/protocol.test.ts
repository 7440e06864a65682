import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPreparedDataset } from '../../lib/datasets/prepared-dataset.ts';
import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../lib/datasets/selection.ts';
import { predictionProblems } from '../../lib/predictions/check-predictions.ts';
import { readPredictions } from '../../lib/predictions/read-predictions.ts';
import { runFolderOf, type CommandTask } from '../../lib/training/command/run-folder.ts';
import type { TrainerProgram } from '../../lib/training/command/program.ts';
import { runCommand } from '../../lib/training/command/train.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { pythonPath } from './python-with-numpy.ts';

const program: TrainerProgram = {
  ...{ name: 'nearest-mean', engine: 'command/nearest-mean@1', folder: import.meta.dirname },
  ...{ command: ['python3', 'protocol_trainer.py'], environment: ['PYTHONPATH'], stopSeconds: 10, silenceMinutes: 5 },
};

const { PYTHONPATH } = process.env;
beforeAll(async () => {
  process.env['PYTHONPATH'] = await pythonPath();
});
afterAll(() => {
  if (PYTHONPATH === undefined) delete process.env['PYTHONPATH'];
  else process.env['PYTHONPATH'] = PYTHONPATH;
});

async function newTask(): Promise<CommandTask> {
  const selection = datasetSelectionSchema.parse({
    ...{ dataset: 'mnist', trainingImages: 200, validationImages: 50, testImages: 300 },
  });
  const { directory, manifest } = await prepareDataset(selection, { seed: 0, directory: await temporaryFolder() });
  const { label, digest, classes, channels, imageSize, splits } = manifest;
  const images = { train: splits.train.images, validation: splits.validation.images, test: splits.test.images };
  return {
    ...{
      runKey: '0'.repeat(64),
      seed: 0,
      architecture: { name: 'means', spec: null },
      settings: {},
      predictions: true,
      tensorBoard: false,
    },
    dataset: { ...{ label, title: 'MNIST', digest, classes, channels, imageSize, images }, path: directory },
    device: { kind: 'cpu', threads: 1 },
    workDirectory: await temporaryFolder(),
  };
}

test('a trainer with the Python helper is carried out, goes on from its checkpoint, and its predictions agree with its result', async () => {
  const task = await newTask();
  await expect(runCommand(program, task)).rejects.toMatchObject({
    category: 'infrastructure',
    message: expect.stringContaining('the server did not answer') as unknown,
  });
  const result = await runCommand(program, task);
  expect(result.outcome).toBe('finished');
  expect(result.curve.map(({ epoch, validationTop1Error }) => [epoch, validationTop1Error! < 0.5])).toEqual([
    ...[1, 2, 3].map((epoch) => [epoch, true]),
  ]);
  expect(result.curve[0]).toMatchObject({ trainingLoss: 0.5, metrics: { brightness: expect.any(Number) as unknown } });
  expect(result.versions).toMatchObject({ numpy: expect.any(String) as unknown });
  const { test: tested, validation } = result.evaluation!;
  expect(validation).toMatchObject({ images: 50, top1Error: result.curve[2]!.validationTop1Error });
  const folder = runFolderOf(task.workDirectory);
  expect(result.weightsFile).toBe(join(folder, 'means.npy'));

  const predictions = await readPredictions(await readFile(join(folder, 'predictions.csv')), 'predictions.csv', 300);
  const { path, classes } = task.dataset;
  const dataset = await openPreparedDataset(path);
  const labels = await dataset.labels('test');
  const { byClass } = dataset.manifest.splits.test;
  expect(predictionProblems(predictions, { ...tested, classes: classes.length, labels, byClass })).toEqual([]);
  const other = predictionProblems(predictions, { ...tested, top1Error: tested.top1Error + 1 / 300, classes: 10 });
  expect(other).toHaveLength(1);
});
