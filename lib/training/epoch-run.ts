import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { RandomStream } from '../core/random.ts';
import type { ImageSizes } from '../datasets/manifest.ts';
import { drawAugmentation } from './augmentation.ts';
import { epochBatches } from './batches.ts';
import type { EventFile } from './event-file.ts';
import type { RunningTask } from './running-task.ts';
import { runStream, type StreamKey } from './run-streams.ts';
import type { RunPurpose } from '../core/streams.ts';
import { learningRate } from './schedule.ts';
import type { AugmentedImages, DatasetDescription } from './session.ts';
import type { BegunEpoch } from './state-file.ts';
import type { TensorFlowSession } from './tensorflow-session.ts';
import type { TrainingImages } from './training-images.ts';
import type { TrainingProgress } from './metrics.ts';

const reportIntervalMs = 1000;

export interface EpochOutcome {
  /** Mean over the images. */
  meanLoss: number;
  lastLoss: number;
  imagesPerSecond: number;
  /** Counted from 1; absent if every loss was finite. */
  divergedAtStep?: number;
}

/** Everything that the epochs of a run have in common. */
export interface Run {
  task: RunningTask;
  session: TensorFlowSession;
  images: Omit<TrainingImages, 'residentPixels'>;
  dataset: DatasetDescription;
  streamKey: StreamKey;
  onProgress: (progress: TrainingProgress) => void;
  /** TensorBoard's event file; undefined if none is written. */
  events: EventFile | undefined;
  /** Milliseconds after which an unfinished epoch writes a checkpoint. */
  checkpointInterval: number;
  /** Writes a checkpoint of the current state within an epoch. */
  checkpoint: (begun: BegunEpoch) => Promise<void>;
}

/** One epoch of a run: its batches, augmentation and steps. */
export class EpochRun {
  readonly steps: number;
  readonly #run: Run;
  /** Counted from 0. */
  readonly #epoch: number;
  readonly #batches: Int32Array[];

  constructor(run: Run, epoch: number) {
    this.#run = run;
    this.#epoch = epoch;
    this.#batches = this.#drawBatches('batches');
    this.steps = this.#batches.length;
  }

  /** @param begun progress of the epoch when the session's state was saved; training continues from there */
  async train(begun: BegunEpoch = { steps: 0, images: 0, loss: 0 }): Promise<EpochOutcome> {
    const { task, session, checkpoint, checkpointInterval } = this.#run;
    const { protocol } = task;
    const start = performance.now();
    const total = { ...begun, lastLoss: NaN };
    const rates = (): Omit<EpochOutcome, 'divergedAtStep'> => ({
      meanLoss: total.loss / total.images,
      lastLoss: total.lastLoss,
      imagesPerSecond: (1000 * (total.images - begun.images)) / (performance.now() - start),
    });
    /** Images in each step since the last report. */
    let sizes: number[] = [];
    let reported = start;
    let saved = start;
    for await (const [step, batch, labels] of this.#augmentedBatches(this.#batches, 'augmentation', begun.steps)) {
      session.trainStep(batch, labels, learningRate(protocol, this.#epoch, step, this.steps));
      sizes.push(labels.length);
      const isLast = step + 1 === this.steps;
      const isDue = !isLast && performance.now() - saved >= checkpointInterval;
      if (isLast || isDue || performance.now() - reported >= reportIntervalMs) {
        // This waits for a GPU that is still working, once a second.
        const losses = session.takeLosses();
        for (const [index, loss] of losses.entries()) {
          total.lastLoss = loss;
          total.loss += loss * sizes[index]!;
          total.images += sizes[index]!;
          if (!Number.isFinite(loss)) return { ...rates(), divergedAtStep: step + 2 - losses.length + index };
        }
        const now = performance.now();
        const images = sizes.reduce((sum, size) => sum + size, 0);
        this.#report(step, losses, (1000 * images) / (now - reported));
        [sizes, reported] = [[], now];
      }
      if (isDue) {
        await checkpoint({ steps: step + 1, images: total.images, loss: total.loss });
        saved = performance.now();
      }
      // TensorFlow blocks the event loop; between steps, messages can be sent and the parent's end noticed.
      await eventLoopTurn();
    }
    return rates();
  }

  /** @param losses of the steps since the last report, of which `step` is the last one */
  #report(step: number, losses: readonly number[], imagesPerSecond: number): void {
    const { task, onProgress, events } = this.#run;
    const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    events?.step(this.#epoch * this.steps + step + 1, loss, imagesPerSecond);
    onProgress({
      epoch: this.#epoch + 1,
      epochs: task.protocol.epochs,
      step: step + 1,
      stepsPerEpoch: this.steps,
      imagesPerSecond,
      loss,
    });
  }

  /** Replaces the running batch-norm statistics by precise ones, over as many training images as the protocol specifies. */
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

  #drawBatches(purpose: RunPurpose): Int32Array[] {
    const { task, images } = this.#run;
    return epochBatches(this.#stream(purpose), images.labels.length, task.protocol.batchSize);
  }

  /**
   * Yields batches with their augmentation; the next batch is read while the caller works on the current one.
   * @param from first step; the draws of earlier steps are made and discarded, so that every later step gets the same draws as in a full
   * epoch
   */
  async *#augmentedBatches(
    batches: readonly Int32Array[],
    purpose: RunPurpose,
    from = 0,
  ): AsyncGenerator<[step: number, batch: AugmentedImages, labels: Int32Array]> {
    const { task, images, dataset } = this.#run;
    const { protocol } = task;
    const rng = this.#stream(purpose);
    const networkSize = protocol.imageSize ?? dataset.imageSize;
    const draw = (sizes: ImageSizes) => drawAugmentation(rng, protocol.augmentation, sizes, dataset, networkSize);
    for (const indices of batches.slice(0, from)) draw(images.sizes(indices));
    let next = this.#read(batches[from]);
    for (let step = from; step < batches.length; step++) {
      const indices = batches[step]!;
      const read = await next;
      next = this.#read(batches[step + 1]);
      const augmentation = draw(read!.extents);
      yield [step, { images: read!, augmentation }, indices.map((index) => images.labels[index]!)];
    }
  }

  #stream(purpose: RunPurpose): RandomStream {
    return runStream(this.#run.streamKey, purpose, this.#epoch);
  }

  /** Starts reading a batch. The caller awaits it later, and until then an error must not count as unhandled. */
  #read(indices: Int32Array | undefined) {
    if (indices === undefined) return undefined;
    const reading = this.#run.images.batch(indices);
    reading.catch(() => undefined);
    return reading;
  }
}
