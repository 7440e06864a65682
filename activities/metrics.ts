import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { TrainingProgress } from '../training/metrics.ts';

/** What a worker tells Prometheus of its runs, beside what the SDK does. */
export class RunMetrics {
  readonly #meter: Context['metricMeter'];

  constructor({ metricMeter }: Context) {
    this.#meter = metricMeter;
  }

  /** Of a training that goes on. */
  progress({ imagesPerSecond, loss }: TrainingProgress): void {
    this.#meter
      .createGauge('beyond_imagenet_images_per_second', 'float', 'images/s', 'images a second of a training')
      .set(imagesPerSecond);
    if (Number.isFinite(loss))
      this.#meter.createGauge('beyond_imagenet_training_loss', 'float', undefined, 'loss of a training').set(loss);
  }

  /** Counts an attempt that failed, and a run that failed with it for good. */
  async ofAttempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApplicationFailure) {
        this.#count('beyond_imagenet_failed_attempts', 'attempts at runs that failed', {
          category: error.type ?? 'internal',
        });
        if (error.nonRetryable === true) this.ended('failed');
      }
      throw error;
    }
  }

  ended(outcome: 'finished' | 'diverged' | 'failed'): void {
    this.#count('beyond_imagenet_runs', 'runs that ended at this worker', { outcome });
  }

  #count(name: string, description: string, tags: Record<string, string>): void {
    this.#meter.createCounter(name, undefined, description).add(1, tags);
  }
}
