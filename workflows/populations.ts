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
  /** Maximum number of the study's runs that workers carry out at a time; null for no limit. */
  readonly limit: number | null;
  readonly searchable: boolean;
  isPrepared: (dataset: string) => boolean;
  prepare: (dataset: string) => Promise<void>;
  /** Called after a population has begun or ended. */
  onChange: () => void;
}

interface Population {
  /** Number of requests to go through all its runs. */
  wanted: number;
  /** Number of the last request that it has fulfilled. */
  fulfilled: number;
  isBusy: boolean;
  /** Whether its workflow is running, so that it has a share of the study's limit. */
  isTraining: boolean;
  counts: RunCounts | undefined;
}

/**
 * The populations of a study, one child workflow for each dataset. A study sends not changes but the complete desired state, in which a
 * request to go through all runs again is a growing number. A child that lacks the latest state is sent it, and one that ends before it
 * arrives is followed by another, so that nothing is lost and nothing is started twice.
 */
export class Populations {
  readonly #study: StudyInCharge;
  readonly #known = new Map<string, Population>();
  #releases = 0;
  /** Errors of failed populations, in order. */
  readonly failures: unknown[] = [];

  constructor(study: StudyInCharge) {
    this.#study = study;
  }

  /** Requests all runs on a dataset, even if they were carried out before; those that need no more work are left alone. */
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

  /** Returns the counts of an ended population's runs; undefined before it ends. */
  counts(dataset: string): RunCounts | undefined {
    return this.#known.get(dataset)?.counts;
  }

  /** Number of runs that failed or diverged in ended populations. */
  get failedRuns(): number {
    return [...this.#known.values()].reduce(
      (sum, { counts }) => sum + (counts?.failed ?? 0) + (counts?.diverged ?? 0),
      0,
    );
  }

  /** Whether all requests are fulfilled. */
  get isIdle(): boolean {
    return [...this.#known.values()].every(({ isBusy, wanted, fulfilled }) => !isBusy && wanted === fulfilled);
  }

  /** Carries out requests until none is left. In a cancelled study, it waits for the populations to end. */
  async finish(): Promise<void> {
    try {
      while (!this.isIdle) {
        const due = this.#due;
        // All of them share the limit from the start.
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

  /** Populations with requests that are not being carried out yet. */
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
      // Requests that arrived meanwhile get their own attempt.
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
        // The running workflow belongs to a terminated execution of this study, and is being cancelled.
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
          // The population may just have ended, as its result will show.
          await condition(hasEnded, 1000);
        }
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** Returns the desired state of a population. */
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
