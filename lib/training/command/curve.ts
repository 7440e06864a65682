import type { RecordedEpoch, TrainingProgress } from '../metrics.ts';
import type { MetricsLine } from './metrics-line.ts';

/** Epochs that are kept of a run: as many as a protocol of the engine may have. */
const mostEpochs = 100_000;

/** The curve of a run and its progress, from the lines of its trainer. */
export class RunCurve {
  readonly #trainingImages: number;
  /** In ascending order. */
  readonly #epochs: RecordedEpoch[] = [];
  readonly #started: number;
  #firstEpoch: number | undefined;
  #lastLoss: number | null = null;

  /** @param trainingImages in an epoch, by which the speed is known if the trainer does not say it */
  constructor(trainingImages: number, now = performance.now()) {
    this.#trainingImages = trainingImages;
    this.#started = now;
  }

  /** The epochs that have ended, in their order. */
  get epochs(): RecordedEpoch[] {
    return [...this.#epochs];
  }

  /** Takes in what an earlier attempt has left. */
  restore(epoch: RecordedEpoch): void {
    this.#keep(epoch);
  }

  /** Takes in a line of this attempt, and returns how far the training has come. */
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

  /** An epoch that is trained again, after a checkpoint, replaces what was said of it and of later ones. */
  #keep(epoch: RecordedEpoch): void {
    this.#forgetFrom(epoch.epoch);
    if (this.#epochs.length < mostEpochs) this.#epochs.push(epoch);
  }

  #forgetFrom(first: number): void {
    while (this.#epochs.length > 0 && this.#epochs.at(-1)!.epoch >= first) this.#epochs.pop();
  }
}
