import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreparedDataset } from '../datasets/manifest.ts';
import { openPreparedDataset } from '../datasets/prepared-dataset.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import type { EpochMetrics, EvaluationMetrics, TrainingProgress } from './metrics.ts';
import { stepsPerEpoch } from './batches.ts';
import { Checkpoints } from './checkpoints.ts';
import type { CheckpointFile, TrainingResult } from './child/messages.ts';
import { evaluateSplit, evaluateTest } from './evaluation.ts';
import { EpochRun } from './epoch-run.ts';
import { EventFile } from './event-file.ts';
import { hyperparametersOf } from './hyperparameters.ts';
import { initialState } from './initial-weights.ts';
import { describeDataset, predictionsFileOf, taskLayers, type RunningTask } from './running-task.ts';
import { exportSavedModel } from './saved-model.ts';
import { runStream } from './run-streams.ts';
import { learningRate } from './schedule.ts';
import { weightsAndStatistics, type NetworkState } from './session.ts';
import { staysInTensorFlow, stepBytes } from './resident-memory.ts';
import { writeState, type BegunEpoch, type StoredState } from './state-file.ts';
import { openTrainingSession, type SessionOptions, type TensorFlowSession } from './tensorflow-session.ts';
import { openTrainingImages, pixelBytes, type TrainingImages } from './training-images.ts';

export interface TrainerOptions {
  onProgress: (progress: TrainingProgress) => void;
  onLog: (line: string) => void;
  /** Called after each epoch except the last, and within long ones. */
  onCheckpoint?: (checkpoint: CheckpointFile) => void;
  /** Whether the run should end after its current epoch. */
  isPausing?: () => boolean;
  /** Whether the training images stay in TensorFlow; by default if they fit. */
  resident?: boolean;
}

/** Minutes between checkpoints within an epoch, unless the task says otherwise. */
const defaultCheckpointMinutes = 10;

/** A training result without versions. */
type TrainedNetwork = Omit<TrainingResult, 'versions'>;

/**
 * Trains a network to its last epoch, from the newest undamaged checkpoint. Every epoch draws from its own streams, and one that continues
 * in the middle skips what was already drawn, so an interrupted run ends with the same weights, bit for bit, as an uninterrupted one.
 */
export async function trainNetwork(task: RunningTask, options: TrainerOptions): Promise<TrainedNetwork> {
  return trainOn(await openPreparedDataset(task.datasetDirectory), task, options);
}

async function trainOn(dataset: PreparedDataset, task: RunningTask, options: TrainerOptions): Promise<TrainedNetwork> {
  const start = performance.now();
  const { protocol, runKey, workDirectory } = task;
  const description = describeDataset(dataset);
  const layers = taskLayers(task, description);
  const graphDirectory = join(workDirectory, 'graph');
  await makeFolder(workDirectory);
  const { session, images } = await openRun(
    dataset,
    options.resident ??
      (await staysInTensorFlow(task.device, pixelBytes(dataset, 'train'), stepBytes(layers, protocol))),
    { layers, protocol, dataset: description, directory: graphDirectory },
  );
  const streamKey = { seed: task.seed, architecture: task.architecture, dataset: dataset.manifest.digest };
  const checkpoints = new Checkpoints(join(workDirectory, 'checkpoints'), runKey);
  const resumed = await checkpoints.latest(options.onLog);
  if (resumed) options.onLog(`continuing after ${progressOf(resumed)} of ${protocol.epochs}`);
  session.restore(resumed?.state ?? initialState(layers, runStream(streamKey, 'initial-weights')));
  const curve: EpochMetrics[] = [...(resumed?.curve ?? [])];
  const eventsDirectory = task.tensorBoard ? join(workDirectory, 'events') : null;
  if (eventsDirectory !== null) await makeFolder(eventsDirectory);
  const events = eventsDirectory === null ? undefined : new EventFile(eventsDirectory);
  events?.begin(hyperparametersOf(task, dataset.manifest));
  const secondsSince = (time: number) => (performance.now() - time) / 1000;
  const unfinished = (outcome: 'diverged' | 'paused', failure: string | null): TrainedNetwork => ({
    outcome,
    failure,
    curve,
    trainingSeconds: secondsSince(start),
    weightsFile: null,
    savedModelDirectory: null,
    eventsDirectory,
    predictionsFile: null,
    evaluation: null,
  });
  const keep = async (state: NetworkState, begun?: BegunEpoch) => {
    const epochs = curve.length;
    const path = await checkpoints.write({ epochs, curve, state, ...(begun && { begun }) });
    return { epochs, path };
  };
  /** Validation metrics of the last epoch trained in this attempt. */
  let validation: EvaluationMetrics | null | undefined;
  try {
    for (let epoch = curve.length; epoch < protocol.epochs; epoch++) {
      const run = new EpochRun(
        {
          ...{ task, session, images, dataset: description, streamKey, onProgress: options.onProgress, events },
          checkpointInterval: 60_000 * (task.checkpointMinutes ?? defaultCheckpointMinutes),
          checkpoint: async (begun) => options.onCheckpoint?.(await keep(session.read(), begun)),
        },
        epoch,
      );
      const trained = await run.train(epoch === resumed?.epochs ? resumed.begun : undefined);
      if (trained.divergedAtStep !== undefined)
        return unfinished(
          'diverged',
          `the loss was ${trained.lastLoss} at step ${trained.divergedAtStep} of epoch ${epoch + 1}`,
        );
      await run.refineStatistics();
      const state = session.read();
      // A loss is computed before its step, so the last step of an epoch shows only in the weights.
      const infinite = [...state].find(([, values]) => !values.every(Number.isFinite));
      if (infinite) return unfinished('diverged', `${infinite[0]} was not finite after epoch ${epoch + 1}`);
      validation = await evaluateSplit(session, dataset, 'validation', protocol.batchSize);
      if (validation && !Number.isFinite(validation.loss))
        return unfinished('diverged', `the validation loss was ${validation.loss} after epoch ${epoch + 1}`);
      curve.push({
        epoch: epoch + 1,
        learningRate: learningRate(protocol, epoch, 0, run.steps),
        trainingLoss: trained.meanLoss,
        validationLoss: validation?.loss ?? null,
        validationTop1Error: validation?.top1Error ?? null,
        imagesPerSecond: trained.imagesPerSecond,
      });
      events?.epoch(curve.at(-1) as EpochMetrics, (epoch + 1) * run.steps);
      const checkpoint = await keep(state);
      if (epoch + 1 === protocol.epochs) break;
      options.onCheckpoint?.(checkpoint);
      if (options.isPausing?.()) return unfinished('paused', null);
    }
    const state = session.read();
    const weightsFile = join(workDirectory, 'weights.bin');
    const savedModelDirectory = join(workDirectory, 'model');
    await writeState(weightsFile, { runKey, epochs: protocol.epochs, curve, state: weightsAndStatistics(state) });
    await exportSavedModel(savedModelDirectory, {
      layers,
      state,
      protocol,
      dataset: description,
      classNames: dataset.manifest.classes,
    });
    const trainingSeconds = secondsSince(start);
    const predictionsFile = predictionsFileOf(task);
    const evaluation = await evaluateTest(session, dataset, protocol.batchSize, predictionsFile, validation);
    events?.end(evaluation.test, protocol.epochs * stepsPerEpoch(images.labels.length, protocol.batchSize));
    return {
      outcome: 'finished',
      failure: null,
      curve,
      trainingSeconds,
      weightsFile,
      savedModelDirectory,
      eventsDirectory,
      predictionsFile,
      evaluation,
    };
  } finally {
    events?.flush();
    session.close();
    await rm(graphDirectory, { recursive: true, force: true });
  }
}

/** Describes the progress of a run when its state was saved. */
function progressOf({ epochs, begun }: StoredState): string {
  return begun === undefined ? `epoch ${epochs}` : `step ${begun.steps} of epoch ${epochs + 1}`;
}

/** Opens the images and the session of a run. Only TensorFlow keeps resident pixels. */
async function openRun(
  dataset: PreparedDataset,
  resident: boolean,
  options: SessionOptions,
): Promise<{ session: TensorFlowSession; images: Omit<TrainingImages, 'residentPixels'> }> {
  const { residentPixels, ...images } = await openTrainingImages(dataset, resident);
  const session = await openTrainingSession({ ...options, ...(residentPixels && { residentPixels }) });
  return { session, images };
}
