import { expect, test } from 'vitest';
import { UnsuitableWorkerError } from '../../lib/core/errors.ts';
import { UnreadableDatasetError } from '../../lib/runs/dataset-cache.ts';
import { EngineUnavailableError } from '../../lib/runs/trainer.ts';
import { TrainerFailure } from '../../lib/training/command/trainer-failure.ts';
import { BackgroundFailures } from '../../runtime/background-failures.ts';
import { unsuitability } from '../../runtime/unsuitability.ts';

const noMnist = new UnreadableDatasetError('this machine cannot read mnist');

test("a worker that lacks a dataset, a requirement of a command trainer or this program's engine says so once for each and continues", () => {
  const said: string[] = [];
  const failures = new BackgroundFailures();
  failures.first.catch(() => said.push('ended'));
  const tell = unsuitability({ hasOthers: true, failures, say: (text) => said.push(text) });
  const noTorch = new TrainerFailure('unsuitable-worker', 'no torch\nits output');
  const noTensorFlow = new EngineUnavailableError('no TensorFlow');
  for (const error of [noMnist, noMnist, noTorch, noTensorFlow, noMnist, noTensorFlow]) tell(error);
  expect(said).toEqual([
    'Runs are left to other workers: this machine cannot read mnist',
    'Runs are left to other workers: no torch\nits output',
    'Runs are left to other workers: no TensorFlow',
  ]);
});

test.each([
  ['would give other results', true, new UnsuitableWorkerError('another engine')],
  ['lacks a dataset, and nobody else is there', false, noMnist],
])('a worker that %s ends with the reason', async (_what, hasOthers, error) => {
  const failures = new BackgroundFailures();
  unsuitability({ hasOthers, failures, say: () => expect.unreachable() })(error);
  await expect(failures.first).rejects.toBe(error);
});
