import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { TrainingProgress } from '../lib/training/metrics.ts';

/** The trainings of this process on a dataset of a study. */
interface Trainings {
  studyId: string;
  /** Label of the dataset. */
  dataset: string;
  /** What each last reported, by the key of its run. */
  progress: Map<string, Pick<TrainingProgress, 'imagesPerSecond' | 'loss'>>;
}

/** Those that are running, by study and dataset. */
const running = new Map<string, Trainings>();

/** How the running trainings on a dataset of a study go. */
export interface TrainingGauges {
  studyId: string;
  dataset: string;
  /** Of all of them together. */
  imagesPerSecond: number;
  /** Their mean; NaN if none has a finite one. */
  loss: number;
}

/** The gauges of the trainings that are running in this process now; those that have ended have none. */
export const trainingGauges = (): TrainingGauges[] =>
  [...running.values()].map(({ studyId, dataset, progress }) => {
    const values = [...progress.values()];
    const losses = values.map(({ loss }) => loss).filter(Number.isFinite);
    return {
      studyId,
      dataset,
      imagesPerSecond: values.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0),
      loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    };
  });

/** What a worker tells of a run, besides the metrics of the SDK. */
export class RunMetrics {
  readonly #meter: Context['metricMeter'];
  readonly #run: { studyId: string; dataset: string; runKey: string };

  /** @param run that is carried out */
  constructor({ metricMeter }: Context, run: { studyId: string; dataset: string; runKey: string }) {
    this.#meter = metricMeter;
    this.#run = run;
  }

  /** Reports the progress of the training. */
  progress({ imagesPerSecond, loss }: TrainingProgress): void {
    const { studyId, dataset, runKey } = this.#run;
    const known = running.get(this.#group) ?? { studyId, dataset, progress: new Map<string, never>() };
    known.progress.set(runKey, { imagesPerSecond, loss });
    running.set(this.#group, known);
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
      this.#noProgress();
    }
  }

  ended(outcome: 'finished' | 'diverged' | 'failed'): void {
    this.#count('beyond_imagenet_runs', 'runs that ended on this worker', { outcome });
  }

  get #group(): string {
    return JSON.stringify([this.#run.studyId, this.#run.dataset]);
  }

  #noProgress(): void {
    const known = running.get(this.#group);
    known?.progress.delete(this.#run.runKey);
    if (known?.progress.size === 0) running.delete(this.#group);
  }

  #count(name: string, description: string, tags: Record<string, string>): void {
    this.#meter.createCounter(name, undefined, description).add(1, tags);
  }
}
