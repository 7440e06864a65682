import type { TrainingOutcome } from '../lib/runs/run-executor.ts';
import type { PlannedRun } from '../lib/study/documents/study-documents.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { RunFailure } from '../lib/study/failure.ts';
import type { CountedFailures } from '../lib/study/failure-tally.ts';
import type { Instruction, RetryRequest } from '../lib/study/instruction.ts';
import type { RunCounts, StudyOutcome } from '../lib/study/outcome.ts';
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

/** A study as it is when its workflow starts, which may not be for the first time. */
export interface StudyBeginning extends StudyOutline {
  /** Whether the server has the search attributes of studies. */
  searchable: boolean;
  /** The last instructions of operators in earlier executions. */
  instructions: Instruction[];
}

/** Identifies an instruction: its id, and the time of its acknowledgement. */
export interface InstructionReference {
  id: string;
  at: string;
}

/** A study after an extension. */
export interface ExtendedStudy extends StudyOutline {
  instruction: Extract<Instruction, { kind: 'extend' }>;
}

/** Settings of a study's runs; none of them affects their results. */
export interface RunSettings {
  /** Number of failed attempts after which a run counts as failed. */
  maximumAttempts: number;
  /** Whether event files are written. */
  tensorBoard: boolean;
  /** Whether predictions of the test images are kept; absent in studies that an earlier version started, which keep none. */
  predictions?: boolean;
  /** Minutes after which an unfinished epoch writes a checkpoint; absent in studies that an earlier version started. */
  checkpointMinutes?: number;
  retain: Retention;
  /** Simulates trainings instead; absent in a real study. */
  rehearsal?: Rehearsal;
}

export interface PlanPageInput extends DatasetReference {
  /** Counted from 0. */
  page: number;
}

/** A page of the runs on a dataset, in order. */
export interface PlanPage {
  /** Runs that remain to be carried out. */
  open: PlannedRun[];
  /** Outcomes of the other runs. */
  settled: RunCounts;
  /** Causes of the failures; absent if no run failed. */
  failures?: CountedFailures;
  isLast: boolean;
}

export interface RunInput extends DatasetReference, RunSettings {
  runKey: string;
  architectureName: string;
}

export interface FailedRun extends RunInput {
  failure: RunFailure;
}

/**
 * Name of the query with which a training whose activity was cancelled asks its population whether the population itself is cancelled. If
 * not, the study is paused, and the training may finish its epoch.
 */
export type IsCancelledQuery = 'isCancelled';

/** A retry of the failed runs on one dataset. */
export interface DatasetRetry extends DatasetReference, Pick<RetryRequest, 'architecture' | 'from'> {
  /** Id of the operator's instruction. */
  instructionId: string;
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
  samplePopulation(input: StudyReference): Promise<StudyBeginning>;
  /** Plans one page of the runs on a dataset, and returns which of them have already ended. */
  planRuns(input: PlanPageInput): Promise<PlanPage>;
  /**
   * Records in the store that a run has finally failed, and returns how the run counts: a result that it has got meanwhile, e.g. from
   * another study, is kept. Versions before 0.2 returned nothing.
   */
  recordFailure(input: FailedRun): Promise<keyof RunCounts | undefined>;
  /**
   * Removes the records of failed runs on a dataset, so that they are retried, and returns their number. Another attempt at the same
   * instruction concerns the same runs.
   */
  clearFailedRuns(input: DatasetRetry): Promise<number>;
  /** Extends the config of a study and its population; does so once for an instruction. */
  extendStudy(
    input: StudyReference & { extension: StudyExtensionInput; instruction: InstructionReference },
  ): Promise<ExtendedStudy>;
  /** Puts instructions that a study has carried out into the store. */
  noteInstructions(input: StudyReference & { instructions: Instruction[] }): Promise<void>;
  /** Removes the outcome of a concluded study that has more to do. */
  reopenStudy(input: StudyReference): Promise<void>;
  /** Collects the finished runs into the results table. */
  collectResults(input: StudyReference): Promise<{ rows: number }>;
  /**
   * Removes the files that need not be kept of runs that are neither among the best nor among the worst; returns the number of these runs.
   */
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

/** The result of testing a network. */
export interface Evaluated {
  top1Error: number;
  /** True if the record of the run belongs to another study; absent otherwise. */
  isReused?: boolean;
}

/** Activities of workers in the role `train`, one at a time in each slot. */
export interface TrainActivities {
  train(input: RunInput): Promise<TrainingOutcome>;
  /**
   * Tests a trained network and puts the run's record into the store, unless another study that shares the run has done so in the meantime.
   */
  evaluate(input: RunInput): Promise<Evaluated>;
}

/** Activities of studies that versions before 0.2 started (workflows/earlier-study.ts). */
export interface EarlierStudyActivities {
  clearFailures(input: StudyReference & RetryRequest): Promise<Record<string, number>>;
  extendStudy(input: StudyReference & { extension: StudyExtensionInput }): Promise<StudyOutline>;
}

export interface ActivitiesByRole {
  study: StudyActivities;
  data: DataActivities;
  train: TrainActivities;
}
