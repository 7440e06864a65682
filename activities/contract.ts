import type { TrainingOutcome } from '../lib/runs/run-executor.ts';
import type { StudyOutcome } from '../lib/study/outcome.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { FailureCategory } from '../lib/study/failure.ts';
import type { Rehearsal } from '../lib/study/rehearsal.ts';
import type { Retention } from '../lib/study/retention.ts';

/**
 * The data that workflows and activities exchange: ids, names and small numbers. Everything larger (architectures, weights,
 * curves, tables) is in the artifact store, where both sides find it by these ids and names.
 */

export interface StudyReference {
  /** E.g. `quickstart`. */
  studyId: string;
}

export interface DatasetReference extends StudyReference {
  /** Label of the dataset selection, e.g. `fashion-mnist/5-classes`. */
  dataset: string;
}

/** A study that is started from its config alone, e.g. by a schedule: the config is checked and stored first. */
export interface StudySubmission extends StudyReference {
  config: unknown;
}

/** The parts of a config that the study workflow needs, once the population is drawn. */
export interface StudyOutline {
  architectures: number;
  /** Labels of the datasets, in the order of the config. */
  datasets: string[];
  /** Label of the reference dataset. */
  reference: string;
  runsPerDataset: number;
  concurrentRunsPerDataset: number;
  /** Null for no limit except that of each dataset. */
  concurrentRuns: number | null;
  /** Settings of every run of the study. */
  run: RunSettings;
}

/** How the runs of a study are carried out; none of this changes their results. */
export interface RunSettings {
  /** Number of failed attempts after which a run counts as failed. */
  maximumAttempts: number;
  /** Whether event files are written. */
  tensorBoard: boolean;
  /** After which an epoch that is longer leaves a checkpoint in its midst; absent in studies that an earlier version started. */
  checkpointMinutes?: number;
  retain: Retention;
  /** Simulates trainings instead; absent in a real study. */
  rehearsal?: Rehearsal;
}

export interface PlanPageInput extends DatasetReference {
  /** From 0. */
  page: number;
}

/** A page of the runs on a dataset, in order. */
export interface PlanPage {
  /** Runs that remain to be carried out. */
  open: PlannedRunReference[];
  /** How the other runs ended. */
  settled: RunCounts;
  isLast: boolean;
}

export interface PlannedRunReference {
  runKey: string;
  /** For people, e.g. `arch-017`, or `arch-017 seed 2` if a study trains each architecture several times. */
  name: string;
  architectureName: string;
}

export interface RunInput extends DatasetReference, RunSettings {
  runKey: string;
  architectureName: string;
}

export interface RunFailure {
  category: FailureCategory;
  message: string;
}

export interface FailedRun extends RunInput {
  failure: RunFailure;
}

/**
 * Name of the query by which a training whose activity is cancelled asks its population whether that is cancelled, too. If it is
 * not, the study is paused, and the training may finish its epoch.
 */
export type IsCancelledQuery = 'isCancelled';

/** Which failed runs are retried. */
export interface RetryRequest {
  /** Label of a dataset; all datasets if absent. */
  dataset?: string;
  /** Name of an architecture; all architectures if absent. */
  architecture?: string;
  /** `checkpoint` continues a run where it stopped, `scratch` trains it from the beginning. */
  from: 'checkpoint' | 'scratch';
}

/** Names of artifacts in the store. */
export interface StudyArtifacts {
  results: string;
  correlations: string;
  report: string;
}

/** Activities of workers in the role `study`: light work on the store. */
export interface StudyActivities {
  /** Checks the config of a study and puts it into the store. */
  submitStudy(input: StudySubmission): Promise<void>;
  /** Draws (or reads) the architectures and puts them into the store. */
  samplePopulation(input: StudyReference): Promise<StudyOutline>;
  /** Plans one page of the runs on a dataset, and returns which of them have already ended. */
  planRuns(input: PlanPageInput): Promise<PlanPage>;
  /** Puts the record of a run that failed for good into the store. */
  recordFailure(input: FailedRun): Promise<void>;
  /** Removes the records of failed runs, so that they are retried; returns how many, by dataset. */
  clearFailures(input: StudyReference & RetryRequest): Promise<Record<string, number>>;
  /** Extends the config of a study and its population; returns the new outline. */
  extendStudy(input: StudyReference & { extension: StudyExtensionInput }): Promise<StudyOutline>;
  /** Collects the finished runs into the results table. */
  collectResults(input: StudyReference): Promise<{ rows: number }>;
  /** Removes what need not be kept of runs that are neither among the best nor the worst; returns the number of these runs. */
  pruneArtifacts(input: StudyReference): Promise<{ runs: number }>;
  correlate(input: StudyReference): Promise<{ pairs: number }>;
  renderReport(input: StudyReference): Promise<StudyArtifacts>;
  /** Records in the store that the study is finished. */
  concludeStudy(input: StudyOutcome): Promise<void>;
}

/** Activities of workers in the role `data`. */
export interface DataActivities {
  prepareDataset(input: DatasetReference): Promise<{ digest: string; images: number }>;
}

/** Activities of workers in the role `train`, one at a time in each slot. */
export interface TrainActivities {
  train(input: RunInput): Promise<TrainingOutcome>;
  /** Tests a trained network and puts the run's record into the store. */
  evaluate(input: RunInput): Promise<{ top1Error: number }>;
}

export interface ActivitiesByRole {
  study: StudyActivities;
  data: DataActivities;
  train: TrainActivities;
}
