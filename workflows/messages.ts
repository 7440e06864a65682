import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { IsCancelledQuery } from '../activities/contract.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { FailureSummary } from '../lib/study/failure-tally.ts';
import type { Instruction, RetryRequest } from '../lib/study/instruction.ts';
import type { RunCounts } from '../lib/study/outcome.ts';

export const stages = ['sampling', 'preparing', 'training', 'analysing', 'finished'] as const;
export type Stage = (typeof stages)[number];

/** The reason why a population or a study starts no more runs until it is resumed. */
export interface Hold {
  /** E.g. `train arch-017 on mnist`. */
  what: string;
  /** The failure. */
  reason: string;
}

/** The result of a population. It is complete, so that an ended workflow need not be queried. */
export interface PopulationResult extends RunCounts {
  /** Null if no run has failed. */
  failures: FailureSummary | null;
  /** The revision of the plan that it has carried out. */
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
 * The operators' instructions. The id of the update is the id of the instruction: the sender chooses it once, and repeats the instruction
 * with the same id. An update that has returned is durable, was applied exactly once, and is listed by the study.
 */

/** Stops new runs from starting; running trainings finish their epoch and keep a checkpoint. */
export const pauseUpdate = defineUpdate<void, []>('pause');
/** Continues after a pause, or after a hold of the study or of a population. */
export const resumeUpdate = defineUpdate<void, []>('resume');
/** Limits the number of the study's runs that workers carry out at a time; null for no limit except that of each dataset. */
export const limitUpdate = defineUpdate<void, [concurrentRuns: number | null]>('limit');
/** Retries failed runs; returns their number by dataset. */
export const retryUpdate = defineUpdate<Record<string, number>, [RetryRequest]>('retry');
/** Announces the id of the cancellation that the sender requests next, because a request for cancellation has no id. */
export const cancelUpdate = defineUpdate<void, []>('cancel');
/** Adds architectures, networks or datasets; returns the total number of runs of the study. */
export const extendUpdate = defineUpdate<number, [StudyExtensionInput]>('extend');

/** The state that a study wants of a population. It is always sent as a whole, so that only the last message matters. */
export interface PopulationSteering {
  isPaused: boolean;
  /** Maximum number of runs that workers carry out at a time. */
  window: number;
  /** Incremented each time that holds must end. */
  releases: number;
  plan: {
    /** Incremented each time that the population must go through all its runs again, because some are retried or there are more. */
    revision: number;
    /** Total number of runs. */
    runs: number;
  };
}

/** The steering of studies that versions before 0.2 started, which send `release` and `replan` separately. */
export type EarlierSteering = Pick<PopulationSteering, 'isPaused' | 'window'>;

export const steerSignal = defineSignal<[PopulationSteering | EarlierSteering]>('steer');
/** Ends a hold; for studies that versions before 0.2 started. */
export const releaseSignal = defineSignal('release');
/** Makes the population go through all its runs again before it ends; for studies that versions before 0.2 started. */
export const replanSignal = defineSignal<[total: number]>('replan');

/** Returns the id of the workflow that trains the population of a study on one dataset. */
export function populationWorkflowId(studyId: string, dataset: string): string {
  return `${studyId}/${dataset}`;
}
