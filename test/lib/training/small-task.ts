import { join } from 'node:path';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import type { TrainingTask } from '../../../lib/training/run.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

/** Prepares 200 digits to train on, 50 to validate and 50 to test; returns the dataset's folder. */
export async function preparedDigits(directory: string): Promise<string> {
  const selection = datasetSelectionSchema.parse({
    dataset: 'mnist',
    trainingImages: 200,
    validationImages: 50,
    testImages: 50,
  });
  return (await prepareDataset(selection, { seed: 0, directory })).directory;
}

/** A run of a second: two epochs of a tiny network, unless the protocol says otherwise. */
export function smallTask(root: string, name: string, datasetDirectory: string, protocol: object = {}): TrainingTask {
  return {
    runKey: 'small-run',
    architecture: tinyArchitecture,
    datasetDirectory,
    protocol: protocolSchema.parse({ epochs: 2, batchSize: 32, batchNorm: { preciseImages: 64 }, ...protocol }),
    seed: 0,
    workDirectory: join(root, name),
    device: { kind: 'cpu', threads: 1 },
    tensorBoard: false,
  };
}
