import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stream } from '../../../lib/core/random.ts';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { structureParametersOf } from '../../../lib/design-space/structure-parameters.ts';
import { isListed } from '../../../lib/design-space/study-network.ts';
import type { Predictions } from '../../../lib/predictions/predictions.ts';
import { summaryOf } from '../../../lib/predictions/summary.ts';
import { predictionsFile } from '../../../lib/predictions/write-predictions.ts';
import type { RunTask, Trainer } from '../../../lib/runs/trainer.ts';
import { isSettings } from '../../../lib/study/trainer-config.ts';
import { predictionsFileOf } from '../../../lib/training/running-task.ts';
import { learningRate } from '../../../lib/training/schedule.ts';

/**
 * Trains nothing but gives what a real training gives, the same for the same run: for tests of all that happens around real
 * trainings, on real data.
 */
export const arithmeticTrainer: Trainer = {
  engine: 'test/1',
  runTraining: async (task) => {
    const { runKey, protocol, workDirectory } = task;
    const weightsFile = join(workDirectory, 'weights.bin');
    await writeFile(weightsFile, `weights of ${runKey}\n`);
    const { test, validation, predictions } = await measured(task);
    const curve = Array.from({ length: isSettings(protocol) ? 2 : protocol.epochs }, (_, epoch) => ({
      epoch: epoch + 1,
      learningRate: isSettings(protocol) ? 0.1 : learningRate(protocol, epoch, 0, 1),
      trainingLoss: 1 / (epoch + 1),
      validationLoss: validation.loss,
      validationTop1Error: validation.top1Error,
      imagesPerSecond: 1000 * (1 + Math.random()),
    }));
    return {
      ...{ outcome: 'finished', failure: null, curve, weightsFile, savedModelDirectory: null, eventsDirectory: null },
      predictionsFile: predictionsFileOf(task),
      ...{ versions: { engine: 'test/1', device: 'cpu, 1 thread' }, trainingSeconds: Math.random() },
      evaluation: { test, validation, evaluationSeconds: 0.1, ...(predictions && { predictions }) },
    };
  },
  runEvaluation: () => Promise.reject(new Error('every network is tested right after its training')),
};

async function measured(task: RunTask) {
  const { architecture, datasetDirectory, seed } = task;
  const dataset = await openPreparedDataset(datasetDirectory);
  const { splits, label, classes } = dataset.manifest;
  const depth = isListed(architecture) ? architecture.name.length : structureParametersOf(architecture)['totalDepth']!;
  const error = Math.min(0.9, 0.1 + 0.02 * depth + 0.1 * stream(seed, label, depth).uniform());
  const metrics = (images: number) => {
    const top1Error = Math.round(error * images) / images;
    return { images, loss: top1Error, top1Error, top5Error: classes.length > 5 ? 0 : null };
  };
  const test = metrics(splits.test.images);
  const validation = metrics(splits.validation.images);
  const file = predictionsFileOf(task);
  if (file === null) return { test, validation };
  const labels = Int32Array.from(await dataset.labels('test'));
  const predictions = predictionsWith(Math.round(test.top1Error * test.images), labels, classes.length);
  await writeFile(file, predictionsFile(predictions));
  return { test, validation, predictions: summaryOf(predictions, classes.length) };
}

/** Predictions that are wrong of the first images, and have every true class among the best five. */
function predictionsWith(wrong: number, labels: Int32Array, classes: number): Predictions {
  const shift = (image: number, rank: number) => (image < wrong ? (rank === 0 ? 1 : rank === 1 ? 0 : rank) : rank);
  return {
    labels,
    probabilities: Float32Array.from(labels, (_, image) => (image < wrong ? 0 : 1)),
    ranked: Array.from({ length: Math.min(5, classes) }, (_, rank) =>
      labels.map((label, image) => (label + shift(image, rank)) % classes),
    ),
  };
}
