import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { IsCancelledQuery, RetryRequest } from '../activities/contract.ts';
import type { StudyExtensionInput } from '../study/extension.ts';
import type { RunCounts } from '../study/outcome.ts';

export const stages = ['sampling', 'preparing', 'training', 'analysing', 'finished'] as const;
export type Stage = (typeof stages)[number];

/** Why a population or a study begins no further runs until it is resumed. */
export interface Hold {
  /** E.g. `train arch-017 on mnist`. */
  what: string;
  /** What failed. */
  reason: string;
}

/** What made runs fail, in short. */
export interface FailureSummary {
  /** Of the run that failed first, e.g. `arch-017: memory ran out`. */
  first: string;
  /** The message that came most often, and how often. */
  commonest: { message: string; runs: number };
}

export interface PopulationProgress extends RunCounts {
  /** Label of the dataset. */
  dataset: string;
  /** Runs in all. */
  total: number;
  /** Names of the runs handed to workers, e.g. `arch-017`. */
  open: string[];
  isPaused: boolean;
  hold: Hold | null;
  /** Null where no run has failed. */
  failures: FailureSummary | null;
}

export interface StudyProgress {
  stage: Stage;
  isPaused: boolean;
  /** Of the study itself; those of its populations are told by these. */
  hold: Hold | null;
  /** Labels of the datasets that are prepared. */
  prepared: string[];
  /** Every dataset; empty while the population is being drawn. */
  datasets: { dataset: string; workflowId: string; runs: number }[];
}

export const studyProgressQuery = defineQuery<StudyProgress>('progress');
export const isCancelledQuery = defineQuery<boolean, [], IsCancelledQuery>('isCancelled');
export const populationProgressQuery = defineQuery<PopulationProgress>('progress');

/** Begins no further runs; trainings end after their epoch and keep a checkpoint. */
export const pauseUpdate = defineUpdate<void, []>('pause');
/** Goes on after a pause, and where a study or a population holds because something failed. */
export const resumeUpdate = defineUpdate<void, []>('resume');
/** Runs of the study that are with the workers at a time; null for no limit but that of each dataset. */
export const limitUpdate = defineUpdate<void, [concurrentRuns: number | null]>('limit');
/** Tries failed runs again; returns how many, by dataset. */
export const retryUpdate = defineUpdate<Record<string, number>, [RetryRequest]>('retry');
/** More architectures or datasets; returns the runs of the study in all. */
export const extendUpdate = defineUpdate<number, [StudyExtensionInput]>('extend');

/** What a study tells its populations. */
export interface PopulationSteering {
  isPaused: boolean;
  /** Runs with the workers at a time. */
  window: number;
}

export const steerSignal = defineSignal<[PopulationSteering]>('steer');
/** Goes on where it holds. */
export const releaseSignal = defineSignal('release');
/** Looks through all its runs once more before it ends: some are to be tried again, or there are more. */
export const replanSignal = defineSignal<[total: number]>('replan');

/** Id of the workflow that trains a study's population on one dataset. */
export function populationWorkflowId(studyId: string, dataset: string): string {
  return `${studyId}/${dataset}`;
}
