import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperationalError, type ErrorCategory } from '../core/errors.ts';
import { stream, type RehearsalPurpose } from '../core/streams.ts';
import type { DatasetManifest, SplitName } from '../datasets/manifest.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import type { Rehearsal } from '../study/rehearsal.ts';
import type { EpochMetrics, EvaluationMetrics } from '../training/metrics.ts';
import type { EvaluationResult, RunOptions, TrainingResult } from '../training/run.ts';
import { learningRate } from '../training/schedule.ts';
import type { SimulatedDatasets } from './simulated-datasets.ts';
import { simulatedError } from './simulated-errors.ts';
import { isSettings, type StudyProtocol } from '../study/trainer-config.ts';
import type { RunTask, Trainer } from './trainer.ts';

/** Engine version in every key and record of a simulated run, so that none is mistaken for a real one. */
export const simulatedEngine = 'simulated/1';

/** A failure that a rehearsal was asked to simulate. */
class SimulatedFailure extends OperationalError {
  constructor(category: ErrorCategory) {
    super(category, `a simulated failure of category ${category}`);
  }
}

/**
 * Makes a trainer that trains nothing: it takes as long, fails as often and has the errors that a rehearsal specifies. Equal runs have
 * equal outcomes.
 */
export function simulatedTrainer(rehearsal: Rehearsal, datasets: SimulatedDatasets): Trainer {
  return {
    engine: simulatedEngine,
    runTraining: (task, options) => simulateTraining(task, rehearsal, datasets, options),
    runEvaluation: (task) => simulateEvaluation(task, rehearsal, datasets),
  };
}

async function simulateTraining(
  task: RunTask,
  rehearsal: Rehearsal,
  datasets: SimulatedDatasets,
  { signal, pause, onProgress, onCheckpoint }: RunOptions = {},
): Promise<TrainingResult> {
  const { seed, secondsPerRun, failureRate, failureCategory, divergenceRate } = rehearsal;
  const { runKey, protocol, workDirectory } = task;
  const { manifest } = await datasets.open(task.datasetDirectory);
  const chance = (purpose: RehearsalPurpose, ...more: number[]) => stream(seed, purpose, runKey, ...more);
  const files = { weightsFile: null, savedModelDirectory: null, eventsDirectory: null, predictionsFile: null };
  const result = { versions, trainingSeconds: 0, ...files, evaluation: null };
  await makeFolder(workDirectory);

  const failing =
    failureRate > 0 && chance('failure', await counted(join(workDirectory, 'attempts'))).uniform() < failureRate;
  const diverging = chance('divergence').uniform() < divergenceRate;
  const duration = secondsPerRun * Math.exp(0.3 * chance('duration').normal());
  const epochs = epochsOf(protocol);
  const trainingImages = manifest.splits.train.images * epochs;
  const curve = simulatedCurve(task, manifest, rehearsal, duration > 0 ? trainingImages / duration : nominalSpeed);
  const trained = await readFile(join(workDirectory, 'epochs'), 'utf8').then(Number, () => 0);
  for (const epoch of curve.slice(trained)) {
    if (duration > 0) await sleep((1000 * duration) / curve.length, undefined, { signal });
    signal?.throwIfAborted();
    if (failing && epoch.epoch * 2 > curve.length) throw new SimulatedFailure(failureCategory);
    if (diverging && epoch.epoch * 2 > curve.length)
      return {
        ...result,
        outcome: 'diverged',
        failure: `the loss was Infinity at step 1 of epoch ${epoch.epoch}`,
        curve: curve.slice(0, epoch.epoch - 1),
      };
    const steps = isSettings(protocol) ? 1 : Math.ceil(manifest.splits.train.images / protocol.batchSize);
    onProgress?.({
      epoch: epoch.epoch,
      epochs,
      step: steps,
      stepsPerEpoch: steps,
      imagesPerSecond: epoch.imagesPerSecond,
      loss: epoch.trainingLoss,
    });
    if (duration === 0 && pause?.aborted !== true) continue;
    const path = join(workDirectory, 'epochs');
    await writeFileAtomically(path, String(epoch.epoch));
    if (epoch.epoch === curve.length) break;
    onCheckpoint?.({ epochs: epoch.epoch, path });
    if (pause?.aborted === true)
      return { ...result, outcome: 'paused', failure: null, curve: curve.slice(0, epoch.epoch) };
  }
  const weightsFile = join(workDirectory, 'weights.bin');
  await writeFile(weightsFile, `simulated weights of ${runKey}\n`);
  return { ...result, outcome: 'finished', failure: null, curve, weightsFile };
}

async function simulateEvaluation(
  task: RunTask,
  rehearsal: Rehearsal,
  datasets: SimulatedDatasets,
): Promise<EvaluationResult> {
  const { manifest } = await datasets.open(task.datasetDirectory);
  const error = finalError(task, manifest, rehearsal);
  const metrics = (split: SplitName): EvaluationMetrics | null => {
    const { images } = manifest.splits[split];
    if (images === 0) return null;
    const top1Error = Math.round(error * images) / images;
    const top5Error = manifest.classes.length > 5 ? Math.round(error ** 2 * images) / images : null;
    return { images, loss: -Math.log(1 - error), top1Error, top5Error };
  };
  return {
    validation: metrics('validation'),
    test: metrics('test')!,
    evaluationSeconds: 0,
    predictionsFile: null,
    versions,
  };
}

const versions = { engine: simulatedEngine, device: 'none: a rehearsal' };

function finalError({ architecture, seed: trainingSeed }: RunTask, manifest: DatasetManifest, { seed }: Rehearsal) {
  const { label, digest, classes } = manifest;
  const dataset = label.split('/')[0]!;
  return simulatedError({ architecture, dataset, digest, classes: classes.length, trainingSeed, seed });
}

/** Number of epochs of a simulated training whose settings only its trainer understands. */
const simulatedEpochs = 5;

const epochsOf = (protocol: StudyProtocol) => (isSettings(protocol) ? simulatedEpochs : protocol.epochs);

/** Images per second reported by a training that takes no time. */
const nominalSpeed = 1000;

/** Returns a curve that falls from chance level to the final error. */
function simulatedCurve(
  task: RunTask,
  manifest: DatasetManifest,
  rehearsal: Rehearsal,
  imagesPerSecond: number,
): EpochMetrics[] {
  const { protocol } = task;
  const error = finalError(task, manifest, rehearsal);
  const start = 1 - 1 / manifest.classes.length;
  const epochs = epochsOf(protocol);
  return Array.from({ length: epochs }, (_, epoch) => {
    const now = error + Math.max(0, start - error) * Math.exp((-4 * (epoch + 1)) / epochs);
    const hasValidation = manifest.splits.validation.images > 0;
    return {
      epoch: epoch + 1,
      learningRate: isSettings(protocol) ? 0 : learningRate(protocol, epoch, 0, 1),
      trainingLoss: -Math.log(1 - now),
      validationLoss: hasValidation ? -Math.log(1 - now) : null,
      validationTop1Error: hasValidation ? now : null,
      imagesPerSecond,
    };
  });
}

/** Counts the calls with a path so far, including this one. */
async function counted(path: string): Promise<number> {
  const count = 1 + (await readFile(path, 'utf8').then(Number, () => 0));
  await writeFileAtomically(path, String(count));
  return count;
}
