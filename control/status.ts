import type { RunCounts } from '../study/outcome.ts';
import type { TrainingProgress } from '../training/metrics.ts';
import type { FailureSummary, Hold, Stage } from '../workflows/messages.ts';

/** A run that a worker is at work on. */
export interface RunningRun {
  /** E.g. `train arch-017`. */
  name: string;
  /** From 1; interruptions count here. */
  attempt: number;
  /** What it last reported; null before the first step. */
  progress: TrainingProgress | null;
  /** Why the attempt before ended; null on the first. */
  lastFailure: string | null;
}

export interface DatasetStatus extends RunCounts {
  dataset: string;
  total: number;
  running: RunningRun[];
  /** Why it begins no further runs until it is resumed; null where it goes on. */
  hold: Hold | null;
  /** What made runs fail; null where none has failed, or where it is not known. */
  failures: FailureSummary | null;
}

export const studyStates = [
  'running',
  /** Running, but no worker answers. */
  'waiting',
  /** Its Temporal server does not answer. */
  'unreachable',
  'paused',
  /** Something failed that would fail again: nothing goes on until it is mended and the study resumed. */
  'held',
  'finished',
  'failed',
  'cancelled',
  /** Not finished, and no Temporal server knows of it. */
  'stopped',
  /** Its config is not one that this version of the program can read. */
  'unreadable',
] as const;
export type StudyState = (typeof studyStates)[number];

/** How a study stands, dataset by dataset. */
export interface StudyStanding {
  studyId: string;
  state: StudyState;
  /** Null where it is not known. */
  stage: Stage | null;
  datasets: DatasetStatus[];
  /** Why the study failed, holds, or cannot be read. */
  failure: string | null;
  /** Estimated seconds until the last training ends; null where there is nothing to estimate from. */
  secondsLeft: number | null;
}

export interface StudyStatus extends StudyStanding {
  /** Runs, as far as they are planned. */
  total: number;
  /** Those of them that have given an error, also for other studies. */
  finished: number;
}

export const withTotals = (standing: StudyStanding): StudyStatus => ({
  ...standing,
  total: standing.datasets.reduce((sum, { total }) => sum + total, 0),
  finished: standing.datasets.reduce((sum, { finished, reused }) => sum + finished + reused, 0),
});

/** Whether a study in this state goes on by itself. */
export const isUnderWay = (state: StudyState): boolean =>
  ['running', 'waiting', 'unreachable', 'paused', 'held'].includes(state);

/** Whether nobody answers for a study that may be under way: then the store tells its counts. */
export const isSilent = ({ state }: StudyStanding): boolean => state === 'waiting' || state === 'unreachable';

/** Runs that need no more work. */
export const settled = ({ finished, reused, diverged, failed }: RunCounts): number =>
  finished + reused + diverged + failed;

/** Images that the running trainings of a dataset see in a second. */
export const imagesPerSecond = ({ running }: DatasetStatus): number =>
  running.reduce((sum, { progress }) => sum + (progress?.imagesPerSecond ?? 0), 0);

/** The trained part of a running run, in [0, 1]. */
function trainedPart({ progress }: RunningRun): number {
  if (progress === null || progress.stepsPerEpoch === 0) return 0;
  return Math.min(1, (progress.epoch - 1 + progress.step / progress.stepsPerEpoch) / progress.epochs);
}

/** Runs' worth of training that is done by now, without what earlier studies had left. */
const workDone = (datasets: readonly DatasetStatus[]): number =>
  datasets.reduce(
    (sum, dataset) =>
      sum + settled(dataset) - dataset.reused + dataset.running.reduce((parts, run) => parts + trainedPart(run), 0),
    0,
  );

const workLeft = (datasets: readonly DatasetStatus[]): number =>
  datasets.reduce(
    (sum, dataset) =>
      sum + dataset.total - settled(dataset) - dataset.running.reduce((parts, run) => parts + trainedPart(run), 0),
    0,
  );

/**
 * Seconds until the trainings end, at the pace seen between an earlier status and this one.
 * @param seconds between the two; null is returned where nothing was done in them
 */
export function estimateSecondsLeft(
  earlier: readonly DatasetStatus[],
  now: readonly DatasetStatus[],
  seconds: number,
): number | null {
  const done = workDone(now) - workDone(earlier);
  return done <= 0 ? null : (seconds * workLeft(now)) / done;
}
