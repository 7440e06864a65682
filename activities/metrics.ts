import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { TrainingProgress } from '../lib/training/metrics.ts';

/** The trainings of this worker on a dataset of a study: their speeds and losses, by the run. */
type Trainings = Map<string, Pick<TrainingProgress, 'imagesPerSecond' | 'loss'>>;

/** By study and dataset, which are the tags of their gauges. */
const trainings = new Map<string, Trainings>();

/** The metrics of runs that a worker exports to Prometheus, besides those of the SDK. */
export class RunMetrics {
  readonly #meter: Context['metricMeter'];
  readonly #tags: string;
  readonly #runKey: string;

  /** @param run that is carried out */
  constructor(
    { metricMeter }: Context,
    { studyId, dataset, runKey }: { studyId: string; dataset: string; runKey: string },
  ) {
    this.#meter = metricMeter;
    this.#tags = JSON.stringify([studyId, dataset]);
    this.#runKey = runKey;
  }

  /** Reports the progress of the training. */
  progress({ imagesPerSecond, loss }: TrainingProgress): void {
    const known = trainings.get(this.#tags) ?? new Map<string, never>();
    trainings.set(this.#tags, known.set(this.#runKey, { imagesPerSecond, loss }));
    this.#show(known);
  }

  /** The training has ended: without others on the dataset the speed is 0, and there is no loss. */
  noProgress(): void {
    const known = trainings.get(this.#tags);
    if (known?.delete(this.#runKey) !== true) return;
    this.#show(known);
    if (known.size === 0) trainings.delete(this.#tags);
  }

  #show(current: Trainings): void {
    const progress = [...current.values()];
    this.#meter
      .createGauge('beyond_imagenet_images_per_second', 'float', 'images/s', 'images per second of all trainings')
      .set(progress.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0));
    const losses = progress.map(({ loss }) => loss).filter(Number.isFinite);
    this.#meter
      .createGauge(
        'beyond_imagenet_training_loss',
        'float',
        undefined,
        'mean loss of the trainings; NaN if there are none',
      )
      .set(losses.length === 0 ? NaN : losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
  }

  /** Counts an attempt that fails, and the run as failed if there will be no other attempt. */
  async ofAttempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApplicationFailure) {
        this.#count('beyond_imagenet_failed_attempts', 'failed attempts at runs', {
          category: error.type ?? 'internal',
        });
        if (error.nonRetryable === true) this.ended('failed');
      }
      throw error;
    } finally {
      this.noProgress();
    }
  }

  ended(outcome: 'finished' | 'diverged' | 'failed'): void {
    this.#count('beyond_imagenet_runs', 'runs that ended on this worker', { outcome });
  }

  #count(name: string, description: string, tags: Record<string, string>): void {
    this.#meter.createCounter(name, undefined, description).add(1, tags);
  }
}
