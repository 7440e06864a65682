import type { RunCounts } from '../lib/study/outcome.ts';
import type { TrainingProgress } from '../lib/training/metrics.ts';
import type { FailureSummary } from '../lib/study/failure-tally.ts';
import type { Instruction } from '../lib/study/instruction.ts';
import type { Hold, Stage } from '../workflows/messages.ts';
import type { RunCost } from './run-costs.ts';

/** A run that a worker is carrying out. */
export interface RunningRun {
  /** E.g. `train arch-017`. */
  name: string;
  /** Number of the attempt, counted from 1; interrupted attempts count. */
  attempt: number;
  /** Latest reported progress; null before the first step. */
  progress: TrainingProgress | null;
  /** Why the previous attempt ended; null on the first. */
  lastFailure: string | null;
}

/** A step that failed and waits for its next attempt, e.g. because the store cannot be reached. */
export interface WaitingRetry {
  /** E.g. `train arch-017 on mnist`. */
  what: string;
  /** Number of the next attempt. */
  attempt: number;
  lastFailure: string;
}

export interface DatasetStatus extends RunCounts {
  dataset: string;
  total: number;
  running: RunningRun[];
  /** Why it starts no more runs until it is resumed; null if it is not on hold. */
  hold: Hold | null;
  /** Causes of failed runs; null if no run has failed, or if they are unknown. */
  failures: FailureSummary | null;
}

export const studyStates = [
  'running',
  /** Running, but no worker answers. */
  'waiting',
  /** Its Temporal server does not answer. */
  'unreachable',
  'paused',
  /** Something failed that would fail again: nothing continues until the cause is fixed and the study is resumed. */
  'held',
  'finished',
  'failed',
  'cancelled',
  /** Not finished, and no Temporal server knows of it. */
  'stopped',
  /** This version of the program cannot read its config. */
  'unreadable',
] as const;
export type StudyState = (typeof studyStates)[number];

/** The state of a study, dataset by dataset. */
export interface StudyStanding {
  studyId: string;
  state: StudyState;
  /** Null if unknown. */
  stage: Stage | null;
  datasets: DatasetStatus[];
  /** Why the study failed, is on hold, or cannot be read. */
  failure: string | null;
  /** Estimated seconds until the last training ends; null if there is nothing to estimate from. */
  secondsLeft: number | null;
  /** Steps that failed and will be tried again. */
  retries: WaitingRetry[];
  /** The operators' instructions, oldest first: the last twenty while the study is under way, all of them afterwards. */
  instructions: Pick<Instruction, 'id' | 'kind' | 'at' | 'summary'>[];
}

/** Returns the standing of a study of which only the state is known. */
export const unknownStanding = (studyId: string): Omit<StudyStanding, 'state'> => ({
  studyId,
  ...{ stage: null, datasets: [], failure: null, secondsLeft: null, retries: [], instructions: [] },
});

export interface StudyStatus extends StudyStanding {
  /** Number of runs planned so far. */
  total: number;
  /** Number of these runs that have a test error, including runs of other studies. */
  finished: number;
}

export const withTotals = (standing: StudyStanding): StudyStatus => ({
  ...standing,
  total: standing.datasets.reduce((sum, { total }) => sum + total, 0),
  finished: standing.datasets.reduce((sum, { finished, reused }) => sum + finished + reused, 0),
});

/** Whether a study in this state has not ended and may still continue. */
export const isUnderWay = (state: StudyState): boolean =>
  ['running', 'waiting', 'unreachable', 'paused', 'held'].includes(state);

/** Whether nothing answers for a study that may be under way: its counts then come from the store. */
export const isSilent = ({ state }: StudyStanding): boolean => state === 'waiting' || state === 'unreachable';

/** Returns the number of runs that need no more work. */
export const settled = ({ finished, reused, diverged, failed }: RunCounts): number =>
  finished + reused + diverged + failed;

/** Returns the images per second of all running trainings on a dataset. */
export const imagesPerSecond = ({ running }: DatasetStatus): number =>
  running.reduce((sum, { progress }) => sum + (progress?.imagesPerSecond ?? 0), 0);

/** Returns the trained fraction of a running run, in [0, 1]. */
function trainedPart({ progress }: RunningRun): number {
  if (progress === null || progress.stepsPerEpoch === 0) return 0;
  return Math.min(1, (progress.epoch - 1 + progress.step / progress.stepsPerEpoch) / progress.epochs);
}

/** Returns the number of runs on a dataset that this study has trained so far; each running one counts in part. */
const runsDone = (dataset: DatasetStatus): number =>
  settled(dataset) - dataset.reused + dataset.running.reduce((parts, run) => parts + trainedPart(run), 0);

const runsLeft = (dataset: DatasetStatus): number =>
  dataset.total - settled(dataset) - dataset.running.reduce((parts, run) => parts + trainedPart(run), 0);

/** Sums work over all datasets; null if a dataset's costs are not known yet. */
function totalWork(
  datasets: readonly DatasetStatus[],
  costs: ReadonlyMap<string, RunCost>,
  workOn: (dataset: DatasetStatus, cost: RunCost) => number,
): number | null {
  let sum = 0;
  for (const dataset of datasets) {
    const cost = costs.get(dataset.dataset);
    if (cost === undefined) return null;
    sum += workOn(dataset, cost);
  }
  return sum;
}

/** Returns the seconds for the remaining work at a speed in the same unit; null if either is unknown or the speed is not positive. */
const secondsAt = (left: number | null, speed: number | null): number | null =>
  left === null || speed === null || !(speed > 0) ? null : left / speed;

/**
 * Estimates the seconds until the trainings end from the pace between an earlier status and this one.
 * @param seconds between the two; the result is null if nothing was done in that time
 */
export function secondsLeftAtPace(
  earlier: readonly DatasetStatus[],
  now: readonly DatasetStatus[],
  seconds: number,
  costs: ReadonlyMap<string, RunCost>,
): number | null {
  const workDone = (datasets: readonly DatasetStatus[]) =>
    totalWork(datasets, costs, (dataset, { work }) => work * runsDone(dataset));
  const [before, done] = [workDone(earlier), workDone(now)];
  const speed = before === null || done === null ? null : (done - before) / seconds;
  return secondsAt(
    totalWork(now, costs, (dataset, { work }) => work * runsLeft(dataset)),
    speed,
  );
}

/** Estimates the seconds until the trainings end from the images per second of those running now; null if none has reported its speed. */
export function secondsLeftAtSpeed(
  datasets: readonly DatasetStatus[],
  costs: ReadonlyMap<string, RunCost>,
): number | null {
  const left = totalWork(datasets, costs, (dataset, { work }) => work * runsLeft(dataset));
  return secondsAt(
    left,
    // A run whose number of images is unknown adds no speed.
    totalWork(datasets, costs, (dataset, { work, images }) =>
      images === null ? 0 : (work / images) * imagesPerSecond(dataset),
    ),
  );
}
