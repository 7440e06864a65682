import { beforeAll, expect, test } from 'vitest';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { SimulatedDatasets } from '../../../lib/runs/simulated-datasets.ts';
import { simulatedTrainer } from '../../../lib/runs/simulated-trainer.ts';
import { writeDatasetDocument } from '../../../lib/study/documents/dataset-document.ts';
import { rehearsalSchema } from '../../../lib/study/rehearsal.ts';
import type { TrainingProgress } from '../../../lib/training/metrics.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { tinyArchitecture } from '../training/tiny-architecture.ts';

const epochs = 4;
let datasets: SimulatedDatasets;
let datasetDirectory: string;
beforeAll(async () => {
  const store = new MemoryStore();
  datasets = new SimulatedDatasets(store);
  const selection = datasetSelectionSchema.parse({ dataset: 'cifar10' });
  const { directory, manifest } = await datasets.prepare(selection, 0);
  await writeDatasetDocument(store, { selection, seed: 0, manifest });
  datasetDirectory = directory;
});

/** Trains, and gives the time that it took and what it told of its speed. */
async function train(secondsPerRun: number) {
  const trainer = simulatedTrainer(rehearsalSchema.parse({ secondsPerRun }), datasets);
  const told: TrainingProgress[] = [];
  const started = performance.now();
  const { outcome, curve } = await trainer.runTraining(
    {
      runKey: 'a',
      architectureName: 'a',
      architecture: tinyArchitecture,
      datasetDirectory,
      protocol: protocolSchema.parse({ epochs, batchSize: 50 }),
      seed: 0,
      workDirectory: await temporaryFolder(),
      tensorBoard: false,
      device: { kind: 'cpu', threads: 1 },
    },
    { onProgress: (progress) => told.push(progress) },
  );
  return { outcome, seconds: (performance.now() - started) / 1000, curve, told };
}

test('a simulated training reports the speed at which its images would have passed', async () => {
  const { outcome, seconds, curve, told } = await train(1);
  expect(outcome).toBe('finished');
  expect(told).toHaveLength(epochs);
  const trainingImages = 45_000 * epochs;
  for (const { imagesPerSecond } of [...curve, ...told]) {
    expect(imagesPerSecond).toBe(told[0]!.imagesPerSecond);
    // It never takes less than it says; how much more is for the machine to say.
    expect(trainingImages / imagesPerSecond!).toBeLessThan(seconds + 0.05);
    expect(trainingImages / imagesPerSecond!).toBeGreaterThan(0.2);
  }
});

test('one that takes no time reports a finite speed', async () => {
  const { told } = await train(0);
  expect(told.map(({ imagesPerSecond }) => imagesPerSecond)).toEqual(Array(epochs).fill(1000));
});
