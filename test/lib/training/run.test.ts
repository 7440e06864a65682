import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { architectureSchema } from '../../../lib/design-space/architecture.ts';
import { runEvaluation, runTraining, type TrainingResult, type TrainingTask } from '../../../lib/training/run.ts';
import { readState } from '../../../lib/training/state-file.ts';
import { preparedDigits, smallTask } from './small-task.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const root = sharedTemporaryFolder();
let datasetDirectory: string;

const architecture = architectureSchema.parse({
  stem: 'res_stem_cifar',
  stemWidth: 8,
  depths: [1, 1],
  widths: [8, 16],
  strides: [2, 2],
  bottleneckRatios: [1, 2],
  groupWidths: [4, 8],
});

const task = (name: string, protocol: object = {}): TrainingTask => ({
  ...smallTask(root, name, datasetDirectory, {
    epochs: 3,
    augmentation: { crop: { kind: 'pad', padding: 2 }, pcaLighting: 0 },
    ...protocol,
  }),
  architecture,
  predictions: true,
});

const weightsOf = async ({ weightsFile }: TrainingResult) => (await readState(weightsFile as string)).state;
const withoutRates = ({ curve }: TrainingResult) => curve.map((epoch) => ({ ...epoch, imagesPerSecond: 0 }));

let undisturbed: TrainingResult;

beforeAll(async () => {
  datasetDirectory = await preparedDigits(join(root, 'data'));
  undisturbed = await runTraining(task('undisturbed'));
});

describe('a training run', () => {
  test('records one epoch after another', () => {
    expect(undisturbed.outcome).toBe('finished');
    expect(undisturbed.curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(undisturbed.versions).toMatchObject({ device: 'CPU, 1 thread', precision: 'float32' });
  });

  test('ends with the same weights when it is killed after an epoch and started again', async () => {
    const interruption = new AbortController();
    const interrupted = runTraining(task('interrupted'), {
      signal: interruption.signal,
      onProgress: ({ epoch }) => {
        if (epoch === 2) interruption.abort(new Error('interrupted'));
      },
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    const lines: string[] = [];
    const resumed = await runTraining(task('interrupted'), { onLog: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(/continuing after epoch [12] of 3/);
    expect(await weightsOf(resumed)).toEqual(await weightsOf(undisturbed));
    expect(withoutRates(resumed)).toEqual(withoutRates(undisturbed));
  });

  test('gets the same test from the session that trained it as from another process with the stored weights', async () => {
    const { validation, test, predictions } = undisturbed.evaluation!;
    expect(validation?.top1Error).toBe(undisturbed.curve[2]?.validationTop1Error);
    expect(test.images).toBe(50);
    expect(test.top5Error).not.toBeNull();
    const { versions, evaluationSeconds, predictionsFile, ...tested } = await runEvaluation(
      task('undisturbed'),
      undisturbed.weightsFile as string,
    );
    expect(predictions).toBeDefined();
    expect(tested).toEqual({ validation, test, predictions });
    expect(predictionsFile).toBe(undisturbed.predictionsFile);
    expect(versions).toEqual(undisturbed.versions);
    expect(evaluationSeconds).toBeGreaterThan(0);
  });

  test('that diverges has diverged: an outcome, with the step', async () => {
    const result = await runTraining(task('diverged', { optimizer: { learningRate: 1000, weightDecay: 1 } }));
    expect(result).toMatchObject({ outcome: 'diverged', weightsFile: null });
    expect(result.failure).toMatch(/at step \d+ of epoch 1/);
  });

  test('on missing data finally fails', async () => {
    const failing = runTraining({ ...task('failing'), datasetDirectory: join(root, 'nowhere') });
    await expect(failing).rejects.toMatchObject({ kind: 'damaged-data', isRetryable: false });
  });
});
