import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { TrainingProgress } from '../lib/training/metrics.ts';

/** The metrics of runs that a worker exports to Prometheus, besides those of the SDK. */
export class RunMetrics {
  readonly #meter: Context['metricMeter'];

  constructor({ metricMeter }: Context) {
    this.#meter = metricMeter;
  }

  /** Reports the progress of a training. */
  progress({ imagesPerSecond, loss }: TrainingProgress): void {
    this.#meter
      .createGauge('beyond_imagenet_images_per_second', 'float', 'images/s', 'images per second of a training')
      .set(imagesPerSecond);
    if (Number.isFinite(loss))
      this.#meter.createGauge('beyond_imagenet_training_loss', 'float', undefined, 'loss of a training').set(loss);
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
    }
  }

  ended(outcome: 'finished' | 'diverged' | 'failed'): void {
    this.#count('beyond_imagenet_runs', 'runs that ended on this worker', { outcome });
  }

  #count(name: string, description: string, tags: Record<string, string>): void {
    this.#meter.createCounter(name, undefined, description).add(1, tags);
  }
}
