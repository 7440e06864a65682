import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { RandomStream } from '../core/random.ts';
import { drawAugmentation } from './augmentation.ts';
import { epochBatches } from './batches.ts';
import type { EventFiles } from './event-files.ts';
import type { RunningTask } from './running-task.ts';
import { runStream, type StreamKey, type StreamPurpose } from './run-streams.ts';
import { learningRate } from './schedule.ts';
import type { AugmentedImages, DatasetDescription } from './session.ts';
import type { TensorFlowSession } from './tensorflow-session.ts';
import type { TrainingImages } from './training-images.ts';
import type { TrainingProgress } from './metrics.ts';

const reportIntervalMs = 1000;

export interface EpochOutcome {
  /** Over the images. */
  meanLoss: number;
  lastLoss: number;
  imagesPerSecond: number;
  /** From 1; absent where every loss was finite. */
  divergedAtStep?: number;
}

/** What the epochs of a run have in common. */
export interface Run {
  task: RunningTask;
  session: TensorFlowSession;
  images: Omit<TrainingImages, 'residentPixels'>;
  dataset: DatasetDescription;
  streamKey: StreamKey;
  onProgress: (progress: TrainingProgress) => void;
  /** TensorBoard's; absent for none. */
  events: EventFiles | undefined;
}

/** One epoch of a run: its batches, augmentation and steps. */
export class EpochRun {
  readonly steps: number;
  readonly #run: Run;
  /** From 0. */
  readonly #epoch: number;
  readonly #batches: Int32Array[];

  constructor(run: Run, epoch: number) {
    this.#run = run;
    this.#epoch = epoch;
    this.#batches = this.#drawBatches('batches');
    this.steps = this.#batches.length;
  }

  async train(): Promise<EpochOutcome> {
    const { task, session, onProgress, events } = this.#run;
    const { protocol } = task;
    const start = performance.now();
    let lossSum = 0;
    let imageCount = 0;
    let lastLoss = NaN;
    /** Of the steps whose losses are not taken yet, and the time of the last ones that were. */
    const sinceReport = { sizes: new Array<number>(), time: start };
    for await (const [step, batch, labels] of this.#augmentedBatches(this.#batches, 'augmentation')) {
      session.trainStep(batch, labels, learningRate(protocol, this.#epoch, step, this.steps));
      sinceReport.sizes.push(labels.length);
      if (performance.now() - sinceReport.time >= reportIntervalMs || step + 1 === this.steps) {
        // A GPU that was left to its work is waited for here, once a second.
        const losses = session.takeLosses();
        for (const [index, size] of sinceReport.sizes.entries()) {
          lastLoss = losses[index]!;
          lossSum += lastLoss * size;
          imageCount += size;
          if (!Number.isFinite(lastLoss)) {
            const divergedAtStep = step + 2 - losses.length + index;
            return { ...this.#rates(start, imageCount, lossSum), lastLoss, divergedAtStep };
          }
        }
        const now = performance.now();
        const images = sinceReport.sizes.reduce((sum, size) => sum + size, 0);
        const imagesPerSecond = (1000 * images) / (now - sinceReport.time);
        const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
        events?.step(this.#epoch * this.steps + step + 1, loss, imagesPerSecond);
        onProgress({
          epoch: this.#epoch + 1,
          epochs: protocol.epochs,
          step: step + 1,
          stepsPerEpoch: this.steps,
          imagesPerSecond,
          loss,
        });
        Object.assign(sinceReport, { sizes: [], time: now });
      }
      // TensorFlow blocks the event loop: let messages leave, and the end of the parent be noticed, between steps.
      await eventLoopTurn();
    }
    return { ...this.#rates(start, imageCount, lossSum), lastLoss };
  }

  /** Replaces the running batch-norm statistics by precise ones, over as many training images as the protocol says. */
  async refineStatistics(): Promise<void> {
    const { task, session } = this.#run;
    const { batchSize, batchNorm } = task.protocol;
    if (batchNorm.preciseImages === 0) return;
    const batches = this.#drawBatches('statistics').slice(0, Math.ceil(batchNorm.preciseImages / batchSize));
    for await (const [, batch] of this.#augmentedBatches(batches, 'statistics-augmentation')) {
      session.accumulateStatistics(batch);
      await eventLoopTurn();
    }
    session.applyStatistics();
  }

  #drawBatches(purpose: StreamPurpose): Int32Array[] {
    const { task, images } = this.#run;
    return epochBatches(this.#stream(purpose), images.labels.length, task.protocol.batchSize);
  }

  /** Batches with their augmentation; the next one is read while the caller works on the one before. */
  async *#augmentedBatches(
    batches: readonly Int32Array[],
    purpose: StreamPurpose,
  ): AsyncGenerator<[step: number, batch: AugmentedImages, labels: Int32Array]> {
    const { task, images, dataset } = this.#run;
    const { protocol } = task;
    const rng = this.#stream(purpose);
    const networkSize = protocol.imageSize ?? dataset.imageSize;
    let next = this.#read(batches[0]);
    for (const [step, indices] of batches.entries()) {
      const read = await next;
      next = this.#read(batches[step + 1]);
      const { places } = read!;
      const augmentation = drawAugmentation(rng, protocol.augmentation, places, dataset, networkSize);
      yield [step, { images: read!, augmentation }, indices.map((index) => images.labels[index]!)];
    }
  }

  #stream(purpose: StreamPurpose): RandomStream {
    return runStream(this.#run.streamKey, purpose, this.#epoch);
  }

  /** The reading is waited for later: an error must not count as unhandled before. */
  #read(indices: Int32Array | undefined) {
    if (indices === undefined) return undefined;
    const reading = this.#run.images.batch(indices);
    reading.catch(() => undefined);
    return reading;
  }

  #rates(start: number, imageCount: number, lossSum: number): Pick<EpochOutcome, 'meanLoss' | 'imagesPerSecond'> {
    return { meanLoss: lossSum / imageCount, imagesPerSecond: (1000 * imageCount) / (performance.now() - start) };
  }
}
