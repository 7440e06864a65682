import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { IsCancelledQuery } from '../activities/contract.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { FailureSummary } from '../lib/study/failure-tally.ts';
import type { Instruction, RetryRequest } from '../lib/study/instruction.ts';
import type { RunCounts } from '../lib/study/outcome.ts';

export const stages = ['sampling', 'preparing', 'training', 'analysing', 'finished'] as const;
export type Stage = (typeof stages)[number];

/** Why a population or a study begins no more runs until it is resumed. */
export interface Hold {
  /** E.g. `train arch-017 on mnist`. */
  what: string;
  /** What failed. */
  reason: string;
}

/** The result of a population. It is complete, so that a workflow that has ended need not be queried. */
export interface PopulationResult extends RunCounts {
  /** Null if no run has failed. */
  failures: FailureSummary | null;
  /** The revision of the plan that it has gone through. */
  revision: number;
}

export interface PopulationProgress extends RunCounts {
  /** Label of the dataset. */
  dataset: string;
  /** Total number of runs. */
  total: number;
  /** Names of the runs handed to workers, e.g. `arch-017`. */
  open: string[];
  isPaused: boolean;
  hold: Hold | null;
  /** Null if no run has failed. */
  failures: FailureSummary | null;
}

export interface StudyProgress {
  stage: Stage;
  isPaused: boolean;
  /** The hold of the study itself; its populations report their own. */
  hold: Hold | null;
  /** Labels of the datasets that are prepared. */
  prepared: string[];
  /** Every dataset; empty while the population is being drawn. */
  datasets: { dataset: string; workflowId: string; runs: number }[];
  /** The latest instructions of operators, oldest first. */
  instructions: Pick<Instruction, 'id' | 'kind' | 'at' | 'summary'>[];
}

export const studyProgressQuery = defineQuery<StudyProgress>('progress');
export const isCancelledQuery = defineQuery<boolean, [], IsCancelledQuery>('isCancelled');
export const populationProgressQuery = defineQuery<PopulationProgress>('progress');

/*
 * The instructions of operators. The id of the update is the id of the instruction: the sender chooses it once, and repeats the
 * instruction under the same id. An update that has returned is durable, was applied exactly once, and is listed by the study.
 */

/** Begins no more runs; running trainings finish their epoch and keep a checkpoint. */
export const pauseUpdate = defineUpdate<void, []>('pause');
/** Continues after a pause, or after a hold of the study or of a population. */
export const resumeUpdate = defineUpdate<void, []>('resume');
/** Limits how many runs of the study the workers have at a time; null for no limit except that of each dataset. */
export const limitUpdate = defineUpdate<void, [concurrentRuns: number | null]>('limit');
/** Retries failed runs; returns how many, by dataset. */
export const retryUpdate = defineUpdate<Record<string, number>, [RetryRequest]>('retry');
/** Tells the id of the cancellation that the sender requests of the server next: a request has none of its own. */
export const cancelUpdate = defineUpdate<void, []>('cancel');
/** Adds architectures, networks or datasets; returns the total number of runs of the study. */
export const extendUpdate = defineUpdate<number, [StudyExtensionInput]>('extend');

/** What a study asks of a population: always all of it, so that only the last message matters. */
export interface PopulationSteering {
  isPaused: boolean;
  /** Most runs that the workers have at a time. */
  window: number;
  /** Grows each time that holds are to be ended. */
  releases: number;
  plan: {
    /** Grows each time that the population is to go through all its runs again, because some are retried or there are more. */
    revision: number;
    /** Total number of runs. */
    runs: number;
  };
}

/** The steering of studies that versions before 0.2 started, which send `release` and `replan` separately. */
export type EarlierSteering = Pick<PopulationSteering, 'isPaused' | 'window'>;

export const steerSignal = defineSignal<[PopulationSteering | EarlierSteering]>('steer');
/** Ends a hold; of studies that versions before 0.2 started. */
export const releaseSignal = defineSignal('release');
/** Has the population go through all its runs again before it ends; of studies that versions before 0.2 started. */
export const replanSignal = defineSignal<[total: number]>('replan');

/** Id of the workflow that trains the population of a study on one dataset. */
export function populationWorkflowId(studyId: string, dataset: string): string {
  return `${studyId}/${dataset}`;
}
