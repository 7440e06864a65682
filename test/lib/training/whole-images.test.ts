import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { readState } from '../../../lib/training/state-file.ts';
import { evaluateStoredWeights } from '../../../lib/training/stored-weights.ts';
import { trainNetwork } from '../../../lib/training/trainer.ts';
import { imageDataset, noisyImages } from '../datasets/image-dataset.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallTask } from './small-task.ts';

/** Photos of all sizes, prepared whole, in several shards. */
async function prepared(): Promise<string> {
  const selection = datasetSelectionSchema.parse({ dataset: 'images', fit: 'short-side', imageSize: 24 });
  const entry = imageDataset(noisyImages({ train: 90, test: 20 }));
  const options = { seed: 0, directory: await temporaryFolder(), entry, shardBytes: 20_000 };
  return (await prepareDataset(selection, options)).directory;
}

async function taskOn(directory: string) {
  const task = smallTask(await temporaryFolder(), 'run', directory, {
    imageSize: 16,
    testShortSide: 18,
    batchSize: 16,
    batchNorm: { preciseImages: 32 },
  });
  return { ...task, protocol: { ...task.protocol, precision: 'float32' as const } };
}

const silent = { onProgress: () => undefined, onLog: () => undefined };

describe('a network that is trained on whole images of all sizes', () => {
  test('is the same to the bit whether they stay in TensorFlow or are read batch by batch', async () => {
    const directory = await prepared();
    const results = [];
    for (const resident of [true, false]) {
      const task = await taskOn(directory);
      const { outcome, curve, weightsFile, evaluation } = await trainNetwork(task, { ...silent, resident });
      expect(outcome).toBe('finished');
      const { state } = await readState(weightsFile!);
      const losses = curve.map(({ trainingLoss, validationLoss }) => [trainingLoss, validationLoss]);
      results.push({ state, losses, test: evaluation!.test, validation: evaluation!.validation });
      const again = await evaluateStoredWeights(await taskOn(directory), join(task.workDirectory, 'weights.bin'));
      expect([again.test, again.validation]).toEqual([evaluation!.test, evaluation!.validation]);
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[0]!.test.images).toBe(20);
  });
});
