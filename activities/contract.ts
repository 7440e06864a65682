import type { StudyOutcome } from '../study/outcome.ts';
import type { RunCounts } from '../study/outcome.ts';
import type { StudyExtensionInput } from '../study/extension.ts';
import type { FailureCategory } from '../study/failure.ts';
import type { Rehearsal } from '../study/rehearsal.ts';
import type { Retention } from '../study/retention.ts';

/**
 * What workflows and activities say to each other: ids, names and small numbers. Everything larger (architectures, weights,
 * curves, tables) lies in the artifact store, where both sides find it by these.
 */

export interface StudyReference {
  /** E.g. `quickstart`. */
  studyId: string;
}

export interface DatasetReference extends StudyReference {
  /** Label of the dataset selection, e.g. `fashion-mnist/5-classes`. */
  dataset: string;
}

/** A study that is started by its config alone, e.g. by a schedule: the config is checked and stored first. */
export interface StudySubmission extends StudyReference {
  config: unknown;
}

/** What the study workflow needs to know of a config, once its population is drawn. */
export interface StudyOutline {
  architectures: number;
  /** Labels, in the order of the config. */
  datasets: string[];
  /** Label. */
  reference: string;
  runsPerDataset: number;
  concurrentRunsPerDataset: number;
  /** Null for no limit but that of each dataset. */
  concurrentRuns: number | null;
  /** For every run of the study. */
  run: RunSettings;
}

/** How the runs of a study are carried out: nothing of it changes what they result in. */
export interface RunSettings {
  /** Attempts that fail by themselves, after which a run counts as failed. */
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

/** A part of the runs on a dataset, in their order. */
export interface PlanPage {
  /** Those that are still to be carried out. */
  open: PlannedRunReference[];
  /** How the others ended. */
  settled: RunCounts;
  isLast: boolean;
}

export interface PlannedRunReference {
  runKey: string;
  /** For people, e.g. `arch-017`, or `arch-017 seed 2` where a study trains each architecture several times. */
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

/** `recorded`: another study finished this very run in the meantime, and its record is used. */
export type TrainingOutcome = 'trained' | 'diverged' | 'paused' | 'recorded';

/**
 * Name of the query by which a training whose activity is cancelled asks its population whether that is cancelled, too. Where it
 * is not, the study is paused, and the training may finish its epoch.
 */
export type IsCancelledQuery = 'isCancelled';

/** Which failed runs are tried again. */
export interface RetryRequest {
  /** Label; all where absent. */
  dataset?: string;
  /** Name; all where absent. */
  architecture?: string;
  /** `checkpoint` goes on where a run was, `scratch` trains it anew. */
  from: 'checkpoint' | 'scratch';
}

/** Names of artifacts in the store. */
export interface StudyArtifacts {
  results: string;
  correlations: string;
  report: string;
}

/** Carried out by the workers of the `study` role: light work on the store. */
export interface StudyActivities {
  /** Checks the config of a study and puts it into the store. */
  submitStudy(input: StudySubmission): Promise<void>;
  /** Draws (or reads) the architectures and puts them into the store. */
  samplePopulation(input: StudyReference): Promise<StudyOutline>;
  /** Plans a part of the runs on a dataset, and tells which of them there are already. */
  planRuns(input: PlanPageInput): Promise<PlanPage>;
  /** Puts the record of a run that failed for good into the store. */
  recordFailure(input: FailedRun): Promise<void>;
  /** Removes the records of failed runs, so that they are tried again; returns how many, by dataset. */
  clearFailures(input: StudyReference & RetryRequest): Promise<Record<string, number>>;
  /** Extends the config of a study and its population; returns what the study is now. */
  extendStudy(input: StudyReference & { extension: StudyExtensionInput }): Promise<StudyOutline>;
  /** Collects the finished runs into the results table. */
  collectResults(input: StudyReference): Promise<{ rows: number }>;
  /** Removes what is not to be kept of runs that are neither among the best nor the worst; returns of how many. */
  pruneArtifacts(input: StudyReference): Promise<{ runs: number }>;
  correlate(input: StudyReference): Promise<{ pairs: number }>;
  renderReport(input: StudyReference): Promise<StudyArtifacts>;
  /** Notes in the store that the study is finished. */
  concludeStudy(input: StudyOutcome): Promise<void>;
}

/** Carried out by the workers of the `data` role. */
export interface DataActivities {
  prepareDataset(input: DatasetReference): Promise<{ digest: string; images: number }>;
}

/** Carried out by the workers of the `train` role, one at a time in each of their slots. */
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
