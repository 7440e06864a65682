import type { StudyOutcome } from '../study/outcome.ts';

/**
 * What workflows and activities say to each other: ids, names and small numbers. Everything larger (configs, architectures,
 * weights, curves, tables) lies in the artifact store, where both sides find it by these.
 */

export interface StudyReference {
  /** Id of the study, e.g. `quickstart`. */
  study: string;
}

export interface DatasetReference extends StudyReference {
  /** Label of the dataset selection, e.g. `fashion-mnist/5-classes`. */
  dataset: string;
}

export interface RunReference extends DatasetReference {
  runKey: string;
}

/** What the study workflow needs to know of a config, once its population is drawn. */
export interface StudyOutline {
  architectures: number;
  /** Labels, in the order of the config. */
  datasets: string[];
  runsPerDataset: number;
  concurrentRunsPerDataset: number;
  /** Failed attempts after which a run counts as failed. */
  attempts: number;
}

export interface PlannedRunReference {
  runKey: string;
  /** For people, e.g. `arch-017`, or `arch-017 seed 2` where a study trains each architecture several times. */
  name: string;
  /** Whether a run of this key is already in the store, finished or diverged. */
  recorded: boolean;
}

export interface TrainingInput extends RunReference {
  attempts: number;
}

/** `recorded`: somebody else finished this very run in the meantime, and its record is used. */
export type TrainingOutcome = 'trained' | 'diverged' | 'recorded';

export interface FailedRun extends RunReference {
  failure: string;
}

/** Names of artifacts in the store. */
export interface StudyArtifacts {
  results: string;
  correlations: string;
  report: string;
}

/** Carried out by the workers of the `study` role: light work on the store. */
export interface StudyActivities {
  /** Draws (or reads) the architectures and puts them into the store. */
  samplePopulation(input: StudyReference): Promise<StudyOutline>;
  /** The runs of one dataset in their order, and which of them there are already. */
  planRuns(input: DatasetReference): Promise<PlannedRunReference[]>;
  /** Puts the record of a run that failed for good into the store. */
  recordFailure(input: FailedRun): Promise<void>;
  /** Collects the finished runs into the results table. */
  collectResults(input: StudyReference): Promise<{ rows: number }>;
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
  train(input: TrainingInput): Promise<TrainingOutcome>;
  /** Tests a trained network and puts the run's record into the store. */
  evaluate(input: TrainingInput): Promise<{ top1Error: number }>;
}

export interface ActivitiesByRole {
  study: StudyActivities;
  data: DataActivities;
  train: TrainActivities;
}
