import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeFolder } from '../../../../lib/core/files/make-folder.ts';
import { takePredictions } from '../../../../lib/training/command/predictions-file.ts';
import { TrainerFailure } from '../../../../lib/training/command/trainer-failure.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { stubTask } from './stub-run.ts';

const test50 = { images: 50, loss: 1, top1Error: 0.5, top5Error: 0 };

test('a trainer is not blamed for a prepared dataset that cannot be read', async () => {
  const workDirectory = await temporaryFolder();
  const dataset = { ...stubTask(workDirectory).dataset, path: join(workDirectory, 'missing') };
  await makeFolder(join(workDirectory, 'run'));
  await writeFile(join(workDirectory, 'run', 'predictions.csv'), 'image,logit_0,logit_1\n');
  const taken = takePredictions({ ...stubTask(workDirectory), dataset, predictions: true }, test50);
  const error: unknown = await taken.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(TrainerFailure);
  expect((error as Error).message).toContain(dataset.path);
});
