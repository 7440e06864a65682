import {
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { StudyOutline } from '../activities/contract.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { populationWorkflowId, steerSignal, type PopulationSteering } from './messages.ts';
import { populationWorkflow, type PopulationInput } from './population.ts';
import { shareOf } from './shares.ts';

/** The current state of a study, as its populations need it. */
export interface StudyInCharge {
  studyId: string;
  readonly outline: StudyOutline;
  readonly isPaused: boolean;
  /** The most runs of the study that workers have at a time; null for no limit. */
  readonly limit: number | null;
  readonly searchable: boolean;
  isPrepared: (dataset: string) => boolean;
  prepare: (dataset: string) => Promise<void>;
  /** Called when a population has begun or ended. */
  onChange: () => void;
}

interface Population {
  /** How often it was asked to go through all its runs. */
  wanted: number;
  /** The last of these requests that it has fulfilled. */
  fulfilled: number;
  isBusy: boolean;
  /** Whether its workflow runs, so that it has a share of the study's limit. */
  isTraining: boolean;
  counts: RunCounts | undefined;
}

/**
 * The populations of a study, one child workflow for each dataset. A study does not send changes but the complete desired state, in
 * which a request to go through all runs again is a number that grows. A child that does not have the latest state is sent it, and one
 * that ended before it arrived is followed by another, so that nothing is lost and nothing is started twice.
 */
export class Populations {
  readonly #study: StudyInCharge;
  readonly #known = new Map<string, Population>();
  #releases = 0;
  /** What made populations fail, in order. */
  readonly failures: unknown[] = [];

  constructor(study: StudyInCharge) {
    this.#study = study;
  }

  /** Asks for all runs on a dataset to be gone through, also if they were before: those that need no more work are left alone. */
  request(dataset: string): void {
    const population = this.#known.get(dataset);
    if (population !== undefined) population.wanted++;
    else this.#known.set(dataset, { wanted: 1, fulfilled: 0, isBusy: false, isTraining: false, counts: undefined });
  }

  has(dataset: string): boolean {
    return this.#known.has(dataset);
  }

  /** Ends the holds of all populations. */
  release(): void {
    this.#releases++;
  }

  /** How the runs of a population that has ended have ended; undefined before. */
  counts(dataset: string): RunCounts | undefined {
    return this.#known.get(dataset)?.counts;
  }

  /** Runs that failed or diverged in populations that have ended. */
  get failedRuns(): number {
    return [...this.#known.values()].reduce(
      (sum, { counts }) => sum + (counts?.failed ?? 0) + (counts?.diverged ?? 0),
      0,
    );
  }

  /** Whether everything that was asked for is done. */
  get isIdle(): boolean {
    return [...this.#known.values()].every(({ isBusy, wanted, fulfilled }) => !isBusy && wanted === fulfilled);
  }

  /** Carries out all that is asked for until nothing is left. In a cancelled study it waits for the populations to end. */
  async finish(): Promise<void> {
    try {
      while (!this.isIdle) {
        const due = this.#due;
        // All of them share from the beginning.
        for (const [dataset, population] of due) {
          population.isBusy = true;
          population.isTraining = this.#study.isPrepared(dataset);
        }
        for (const [dataset, population] of due) void this.#carryOut(dataset, population);
        await condition(() => this.isIdle || this.#due.length > 0);
      }
    } catch (error) {
      await CancellationScope.nonCancellable(() =>
        condition(() => [...this.#known.values()].every(({ isBusy }) => !isBusy)),
      );
      throw error;
    }
  }

  /** Those that nothing is done about yet. */
  get #due(): [dataset: string, Population][] {
    return [...this.#known].filter(([, { isBusy, wanted, fulfilled }]) => !isBusy && wanted > fulfilled);
  }

  async #carryOut(dataset: string, population: Population): Promise<void> {
    const { wanted } = population;
    try {
      await this.#study.prepare(dataset);
      population.isTraining = true;
      const { revision, finished, reused, diverged, failed } = await this.#train(dataset);
      population.fulfilled = revision;
      population.counts = { finished, reused, diverged, failed };
    } catch (error) {
      // Requests that came meanwhile have their own try.
      population.fulfilled = wanted;
      this.failures.push(error);
    } finally {
      population.isBusy = false;
      population.isTraining = false;
      this.#study.onChange();
    }
  }

  async #train(dataset: string) {
    const { child, told } = await this.#start(dataset);
    let hasEnded = false;
    const result = child.result().finally(() => {
      hasEnded = true;
    });
    const [ended] = await Promise.all([result, this.#keepInformed(dataset, child, told, () => hasEnded)]);
    return ended;
  }

  async #start(
    dataset: string,
  ): Promise<{ child: ChildWorkflowHandle<typeof populationWorkflow>; told: PopulationSteering }> {
    const { studyId, outline, searchable } = this.#study;
    for (;;) {
      const told = this.#steering(dataset);
      const input: PopulationInput = {
        ...{ studyId, dataset, searchable },
        isReference: dataset === outline.reference,
        steering: told,
        run: outline.run,
      };
      try {
        const child = await startChild(populationWorkflow, {
          workflowId: populationWorkflowId(studyId, dataset),
          args: [input],
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          staticSummary: `${outline.architectures} architectures on ${dataset}`,
        });
        return { child, told };
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        // It belongs to an execution of this study that was terminated, and is being cancelled.
        await sleep(1000);
      }
    }
  }

  /** Sends a population each new desired state until it has ended. If the study is cancelled, so is the population. */
  async #keepInformed(
    dataset: string,
    child: ChildWorkflowHandle<typeof populationWorkflow>,
    first: PopulationSteering,
    hasEnded: () => boolean,
  ): Promise<void> {
    let told = first;
    const isOutdated = () => !isEqual(told, this.#steering(dataset));
    try {
      for (;;) {
        await condition(() => hasEnded() || isOutdated());
        if (hasEnded()) return;
        const next = this.#steering(dataset);
        try {
          await child.signal(steerSignal, next);
          told = next;
        } catch (error) {
          if (isCancellation(error)) throw error;
          // It may just have ended, which its result tells.
          await condition(hasEnded, 1000);
        }
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** The desired state of a population. */
  #steering(dataset: string): PopulationSteering {
    const { outline, limit, isPaused } = this.#study;
    const sharing = [...this.#known].filter(([, { isTraining }]) => isTraining).map(([label]) => label);
    const share = sharing.includes(dataset) ? shareOf(dataset, sharing, limit, outline.reference) : Infinity;
    return {
      isPaused,
      window: Math.min(outline.concurrentRunsPerDataset, share),
      releases: this.#releases,
      plan: { revision: this.#known.get(dataset)!.wanted, runs: outline.runsPerDataset },
    };
  }
}

const isEqual = (a: PopulationSteering, b: PopulationSteering): boolean =>
  a.isPaused === b.isPaused &&
  a.window === b.window &&
  a.releases === b.releases &&
  a.plan.revision === b.plan.revision &&
  a.plan.runs === b.plan.runs;
