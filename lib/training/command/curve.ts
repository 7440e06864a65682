import type { RecordedEpoch, TrainingProgress } from '../metrics.ts';
import type { MetricsLine } from './metrics-line.ts';

/** Maximum number of a run's epochs that are kept: as many as a protocol of the engine may have. */
const mostEpochs = 100_000;

/** The curve and progress of a run, from its trainer's lines. */
export class RunCurve {
  readonly #trainingImages: number;
  /** In ascending order. */
  readonly #epochs: RecordedEpoch[] = [];
  readonly #started: number;
  #firstEpoch: number | undefined;
  #lastLoss: number | null = null;

  /** @param trainingImages per epoch, for computing the speed if the trainer does not report it */
  constructor(trainingImages: number, now = performance.now()) {
    this.#trainingImages = trainingImages;
    this.#started = now;
  }

  /** The finished epochs, in order. */
  get epochs(): RecordedEpoch[] {
    return [...this.#epochs];
  }

  /** Adds an epoch from an earlier attempt. */
  restore(epoch: RecordedEpoch): void {
    this.#keep(epoch);
  }

  /** Adds a line of this attempt, and returns the progress of the training. */
  add({ epoch, loss, epochs, within }: MetricsLine, now = performance.now()): TrainingProgress {
    if (within === undefined) this.#keep(epoch);
    else this.#forgetFrom(epoch.epoch + 1);
    this.#firstEpoch ??= epoch.epoch;
    this.#lastLoss = loss ?? this.#lastLoss;
    const { step, stepsPerEpoch } = within ?? { step: 1, stepsPerEpoch: 1 };
    const trained = (epoch.epoch - this.#firstEpoch + step / stepsPerEpoch) * this.#trainingImages;
    const seconds = Math.max(now - this.#started, 1) / 1000;
    return {
      epoch: epoch.epoch,
      epochs: Math.max(epochs ?? 0, epoch.epoch),
      ...{ step, stepsPerEpoch },
      imagesPerSecond: epoch.imagesPerSecond ?? trained / seconds,
      loss: this.#lastLoss ?? NaN,
    };
  }

  /** Adds an epoch. If it is trained again from a checkpoint, it replaces its earlier record and those of later epochs. */
  #keep(epoch: RecordedEpoch): void {
    this.#forgetFrom(epoch.epoch);
    if (this.#epochs.length < mostEpochs) this.#epochs.push(epoch);
  }

  #forgetFrom(first: number): void {
    while (this.#epochs.length > 0 && this.#epochs.at(-1)!.epoch >= first) this.#epochs.pop();
  }
}
