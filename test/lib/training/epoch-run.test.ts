import { expect, test } from 'vitest';
import { EpochRun } from '../../../lib/training/epoch-run.ts';
import type { TrainingProgress } from '../../../lib/training/metrics.ts';
import type { BegunEpoch } from '../../../lib/training/state-file.ts';
import type { TensorFlowSession } from '../../../lib/training/tensorflow-session.ts';
import { description, extentsOf } from './sessions.ts';
import { smallTask } from './small-task.ts';

interface EpochOptions {
  checkpointInterval?: number;
  begun?: BegunEpoch | undefined;
}

/** An epoch of 4 steps, of 8, 8, 8 and 6 images, whose losses are these; in a session that computes nothing. */
async function epochOf(losses: number[], { checkpointInterval = Infinity, begun }: EpochOptions = {}) {
  const checkpoints: BegunEpoch[] = [];
  const progress: TrainingProgress[] = [];
  let steps = 0;
  const session = {
    trainStep: () => steps++,
    takeLosses: () => {
      const taken = losses.splice(0, steps);
      steps = 0;
      return taken;
    },
  } as unknown as TensorFlowSession;
  const task = smallTask('', 'epoch', '', { batchSize: 8 });
  const run = new EpochRun(
    {
      task: { ...task, protocol: { ...task.protocol, precision: 'float32' } },
      session,
      images: {
        labels: new Int32Array(30),
        sizes: (indices) => extentsOf(indices, 8),
        batch: (indices) => Promise.resolve({ extents: extentsOf(indices, 8) }),
      },
      dataset: description(8, 1),
      streamKey: { seed: 0, architecture: task.architecture, dataset: 'digest' },
      onProgress: (report) => progress.push(report),
      events: undefined,
      checkpointInterval,
      checkpoint: (epoch) => Promise.resolve(void checkpoints.push(epoch)),
    },
    2,
  );
  expect(run.steps).toBe(4);
  return { outcome: await run.train(begun), progress, checkpoints };
}

test('the loss of an epoch is the mean over its images, its report the mean over the steps', async () => {
  const { outcome, progress } = await epochOf([4, 3, 2, 1]);
  expect(outcome).toMatchObject({ meanLoss: (8 * (4 + 3 + 2) + 6) / 30, lastLoss: 1 });
  expect(outcome.divergedAtStep).toBeUndefined();
  expect(progress).toMatchObject([{ epoch: 3, step: 4, stepsPerEpoch: 4, loss: 2.5 }]);
});

test('an epoch whose checkpoints are due writes one after each step but the last, and continues from it to the same loss', async () => {
  const { outcome, checkpoints } = await epochOf([4, 3, 2, 1], { checkpointInterval: 0 });
  expect(checkpoints).toEqual([
    { steps: 1, images: 8, loss: 32 },
    { steps: 2, images: 16, loss: 56 },
    { steps: 3, images: 24, loss: 72 },
  ]);
  const resumed = await epochOf([2, 1], { checkpointInterval: 0, begun: checkpoints[1] });
  expect(resumed.outcome.meanLoss).toBe(outcome.meanLoss);
  expect(resumed.checkpoints).toEqual(checkpoints.slice(2));
});

test.each([
  [[NaN, 1, 1, 1], 1],
  [[4, 3, Infinity, NaN], 3],
  [[4, 3, 2, NaN], 4],
])('losses %j have diverged at step %i, however many steps were taken by then', async (losses, step) => {
  const lastLoss = losses[step - 1];
  const { outcome, progress } = await epochOf(losses);
  expect(outcome).toMatchObject({ divergedAtStep: step, lastLoss });
  expect(progress).toEqual([]);
});
