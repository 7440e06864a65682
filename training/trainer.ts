import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { Layer } from '../design-space/layers.ts';
import { layersOf } from '../design-space/layers.ts';
import type { PreparedDataset } from '../datasets/manifest.ts';
import type { EpochRecord } from '../study/measurements.ts';
import { stream } from '../study/random.ts';
import { drawAugmentation } from './augmentation.ts';
import { epochBatches } from './batches.ts';
import { Checkpoints } from './checkpoints.ts';
import type { TrainingProgress, TrainingResult, TrainingTask } from './child/messages.ts';
import { evaluateSplit } from './evaluation.ts';
import { EventFiles } from './event-files.ts';
import { initialState } from './initial-weights.ts';
import { exportSavedModel } from './saved-model.ts';
import { learningRate } from './schedule.ts';
import { lossScalingEntry, type AugmentedImages, type DatasetDescription } from './session.ts';
import { writeState } from './state-file.ts';
import { openTrainingSession, type SessionOptions, type TensorFlowSession } from './tensorflow-session.ts';
import { openTrainingImages, type TrainingImages } from './training-images.ts';

const reportIntervalMs = 1000;

export interface TrainerOptions {
  onProgress: (progress: TrainingProgress) => void;
  onLog: (line: string) => void;
  /** Whether the training images stay in TensorFlow; by default where they fit. */
  resident?: boolean;
}

type TrainedNetwork = Pick<TrainingResult, 'outcome' | 'failure' | 'curve' | 'weightsFile' | 'savedModelDirectory'>;

/** What a session is told of a dataset. */
export function describeDataset({ manifest }: PreparedDataset): DatasetDescription {
  const { imageSize, channels, normalization, pca, classes } = manifest;
  return { imageSize, channels, normalization, pca, classes: classes.length };
}

/** The layers of a task's network on its dataset. */
export function taskLayers({ architecture, protocol }: TrainingTask, dataset: DatasetDescription): Layer[] {
  return layersOf(architecture, { ...dataset, imageSize: protocol.imageSize ?? dataset.imageSize });
}

/**
 * Trains a network to its last epoch, from the newest checkpoint that can be read. Every epoch draws from streams of its own, so
 * a run that was interrupted ends with the same weights, bit for bit, as one that was not.
 */
export async function trainNetwork(
  task: TrainingTask,
  dataset: PreparedDataset,
  options: TrainerOptions,
): Promise<TrainedNetwork> {
  const { protocol, runKey, workDirectory } = task;
  const description = describeDataset(dataset);
  const layers = taskLayers(task, description);
  const graphDirectory = join(workDirectory, 'graph');
  await mkdir(workDirectory, { recursive: true });
  const { session, images } = await openRun(dataset, options.resident, {
    layers,
    protocol,
    dataset: description,
    directory: graphDirectory,
    purpose: 'training',
  });
  const checkpoints = new Checkpoints(join(workDirectory, 'checkpoints'), runKey);
  const resumed = await checkpoints.latest(options.onLog);
  if (resumed) options.onLog(`going on after epoch ${resumed.epochs} of ${protocol.epochs}`);
  session.restore(resumed?.state ?? initialState(layers, stream(task.seed, 'init', runKey)));
  const curve: EpochRecord[] = [...(resumed?.curve ?? [])];
  const events = task.tensorBoard ? new EventFiles(join(workDirectory, 'events')) : undefined;
  const diverged = (failure: string): TrainedNetwork => ({
    outcome: 'diverged',
    failure,
    curve,
    weightsFile: null,
    savedModelDirectory: null,
  });
  try {
    for (let epoch = curve.length; epoch < protocol.epochs; epoch++) {
      const run = new EpochRun(task, session, images, description, epoch, options, events);
      const trained = await run.train();
      if (trained.divergedAtStep !== undefined)
        return diverged(`the loss was ${trained.lastLoss} at step ${trained.divergedAtStep} of epoch ${epoch + 1}`);
      await run.refineStatistics();
      const state = session.read();
      // A loss is that before its step: the last step of an epoch shows in the weights alone.
      const infinite = [...state].find(([, values]) => !values.every(Number.isFinite));
      if (infinite) return diverged(`${infinite[0]} was not finite after epoch ${epoch + 1}`);
      const validation = await evaluateSplit(session, dataset, 'validation', protocol.batchSize);
      if (validation && !Number.isFinite(validation.loss))
        return diverged(`the validation loss was ${validation.loss} after epoch ${epoch + 1}`);
      curve.push({
        epoch: epoch + 1,
        learningRate: learningRate(protocol, epoch, 0, run.steps),
        trainingLoss: trained.meanLoss,
        validationLoss: validation?.loss ?? null,
        validationTop1Error: validation?.top1Error ?? null,
        imagesPerSecond: trained.imagesPerSecond,
      });
      events?.epoch(curve.at(-1) as EpochRecord, (epoch + 1) * run.steps);
      await checkpoints.write({ epochs: epoch + 1, curve, state });
    }
    const state = session.read();
    const weightsFile = join(workDirectory, 'weights.bin');
    const savedModelDirectory = join(workDirectory, 'model');
    const weights = new Map([...state].filter(([name]) => !name.endsWith('/momentum') && name !== lossScalingEntry));
    await writeState(weightsFile, { runKey, epochs: protocol.epochs, curve, state: weights });
    await exportSavedModel(savedModelDirectory, {
      layers,
      state,
      protocol,
      dataset: description,
      classNames: dataset.manifest.classes,
    });
    return { outcome: 'finished', failure: null, curve, weightsFile, savedModelDirectory };
  } finally {
    events?.flush();
    session.close();
    await rm(graphDirectory, { recursive: true });
  }
}

/** The images of a run and its session, which keeps the pixels that are resident: here they are let go. */
async function openRun(
  dataset: PreparedDataset,
  resident: boolean | undefined,
  options: SessionOptions,
): Promise<{ session: TensorFlowSession; images: Omit<TrainingImages, 'residentPixels'> }> {
  const { residentPixels, ...images } = await openTrainingImages(dataset, resident);
  const session = await openTrainingSession({ ...options, ...(residentPixels && { residentPixels }) });
  return { session, images };
}

interface EpochOutcome {
  meanLoss: number;
  lastLoss: number;
  imagesPerSecond: number;
  /** From 1; absent where every loss was finite. */
  divergedAtStep?: number;
}

/** One epoch of a run: its batches, augmentation and steps. */
class EpochRun {
  readonly steps: number;
  readonly #task: TrainingTask;
  readonly #session: TensorFlowSession;
  readonly #images: Omit<TrainingImages, 'residentPixels'>;
  readonly #dataset: DatasetDescription;
  readonly #epoch: number;
  readonly #options: TrainerOptions;
  readonly #events: EventFiles | undefined;
  readonly #batches: Int32Array[];

  constructor(
    task: TrainingTask,
    session: TensorFlowSession,
    images: Omit<TrainingImages, 'residentPixels'>,
    dataset: DatasetDescription,
    epoch: number,
    options: TrainerOptions,
    events: EventFiles | undefined,
  ) {
    this.#task = task;
    this.#session = session;
    this.#images = images;
    this.#dataset = dataset;
    this.#epoch = epoch;
    this.#options = options;
    this.#events = events;
    this.#batches = this.#drawBatches('batches');
    this.steps = this.#batches.length;
  }

  async train(): Promise<EpochOutcome> {
    const { protocol } = this.#task;
    const start = performance.now();
    let lossSum = 0;
    let imageCount = 0;
    let lastLoss = NaN;
    const sinceReport = { losses: 0, images: 0, steps: 0, time: start };
    for await (const [step, batch, labels] of this.#augmentedBatches(this.#batches, 'augmentation')) {
      lastLoss = this.#session.trainStep(batch, labels, learningRate(protocol, this.#epoch, step, this.steps));
      lossSum += lastLoss;
      imageCount += labels.length;
      if (!Number.isFinite(lastLoss))
        return { ...this.#rates(start, imageCount, lossSum), lastLoss, divergedAtStep: step + 1 };
      sinceReport.losses += lastLoss;
      sinceReport.images += labels.length;
      sinceReport.steps++;
      const now = performance.now();
      if (now - sinceReport.time >= reportIntervalMs || step + 1 === this.steps) {
        const imagesPerSecond = (1000 * sinceReport.images) / (now - sinceReport.time);
        const loss = sinceReport.losses / sinceReport.steps;
        this.#events?.step(this.#epoch * this.steps + step + 1, loss, imagesPerSecond);
        this.#options.onProgress({
          epoch: this.#epoch + 1,
          epochs: protocol.epochs,
          step: step + 1,
          stepsPerEpoch: this.steps,
          imagesPerSecond,
          loss,
        });
        Object.assign(sinceReport, { losses: 0, images: 0, steps: 0, time: now });
      }
      // TensorFlow blocks the event loop: let messages leave, and the end of the parent be noticed, between steps.
      await eventLoopTurn();
    }
    return { ...this.#rates(start, imageCount, lossSum), lastLoss };
  }

  /** Replaces the running batch-norm statistics by precise ones, over as many training images as the protocol says. */
  async refineStatistics(): Promise<void> {
    const { batchSize, batchNorm } = this.#task.protocol;
    if (batchNorm.preciseImages === 0) return;
    const batches = this.#drawBatches('statistics').slice(0, Math.ceil(batchNorm.preciseImages / batchSize));
    for await (const [, batch] of this.#augmentedBatches(batches, 'statistics-augmentation')) {
      this.#session.accumulateStatistics(batch);
      await eventLoopTurn();
    }
    this.#session.applyStatistics();
  }

  #drawBatches(name: string): Int32Array[] {
    const { seed, runKey, protocol } = this.#task;
    return epochBatches(stream(seed, name, runKey, this.#epoch), this.#images.labels.length, protocol.batchSize);
  }

  /** Batches with their augmentation; the next one is read while the caller works on the one before. */
  async *#augmentedBatches(
    batches: readonly Int32Array[],
    name: string,
  ): AsyncGenerator<[step: number, batch: AugmentedImages, labels: Int32Array]> {
    const { seed, runKey, protocol } = this.#task;
    const random = stream(seed, name, runKey, this.#epoch);
    const networkSize = protocol.imageSize ?? this.#dataset.imageSize;
    let next = this.#read(batches[0]);
    for (const [step, indices] of batches.entries()) {
      const images = await next;
      next = this.#read(batches[step + 1]);
      const augmentation = drawAugmentation(random, protocol.augmentation, indices.length, this.#dataset, networkSize);
      yield [
        step,
        { images: images as AugmentedImages['images'], augmentation },
        indices.map((index) => this.#images.labels[index] as number),
      ];
    }
  }

  /** The reading is waited for later: an error must not count as unhandled before. */
  #read(indices: Int32Array | undefined) {
    if (indices === undefined) return undefined;
    const reading = this.#images.batch(indices);
    reading.catch(() => undefined);
    return reading;
  }

  #rates(start: number, imageCount: number, lossSum: number): Pick<EpochOutcome, 'meanLoss' | 'imagesPerSecond'> {
    return { meanLoss: lossSum / this.steps, imagesPerSecond: (1000 * imageCount) / (performance.now() - start) };
  }
}
