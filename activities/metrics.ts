import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { TrainingProgress } from '../lib/training/metrics.ts';

/** The trainings of this process on a dataset of a study. */
interface Trainings {
  studyId: string;
  /** Label of the dataset. */
  dataset: string;
  /** The latest report of each, by the key of its run. */
  progress: Map<string, Pick<TrainingProgress, 'imagesPerSecond' | 'loss'>>;
}

/** Trainings that are running, by study and dataset. */
const running = new Map<string, Trainings>();

/** Gauges of the running trainings on a dataset of a study. */
export interface TrainingGauges {
  studyId: string;
  dataset: string;
  /** Total speed of the trainings. */
  imagesPerSecond: number;
  /** Mean loss of the trainings; NaN if none is finite. */
  loss: number;
}

/** Returns the gauges of the trainings running in this process; ended trainings have none. */
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

/** The metrics that a worker reports for a run, in addition to the SDK's. */
export class RunMetrics {
  readonly #meter: Context['metricMeter'];
  readonly #run: { studyId: string; dataset: string; runKey: string };

  /** @param run the run that is carried out */
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

  /** Counts a failed attempt, and a failed run if there will be no other attempt. */
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
