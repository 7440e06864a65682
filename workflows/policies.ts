import { ActivityCancellationType, type ActivityOptions, type RetryPolicy } from '@temporalio/workflow';
import { taskQueues } from './task-queues.ts';

/** After this long without a heartbeat a worker counts as killed. */
const heartbeatTimeout = '15 seconds';

/** A cancelled study ends only after its trainings have ended. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/**
 * The server retries without limit, but for trainings (`mostAttempts`): the activity itself makes a failure final if a retry cannot
 * fix it, or if the allowed attempts or hours are used up (activities/attempts.ts).
 */
const backoff: RetryPolicy = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' };

/** For reading and writing small documents in the store. */
export const lightWork: ActivityOptions = {
  taskQueue: taskQueues.study,
  startToCloseTimeout: '6 hours',
  heartbeatTimeout,
  cancellationType,
  retry: backoff,
  priority: { priorityKey: 1 },
};

export const dataPreparation: ActivityOptions = {
  taskQueue: taskQueues.data,
  startToCloseTimeout: '7 days',
  heartbeatTimeout,
  cancellationType,
  retry: backoff,
};

/**
 * Attempts of a training, however they end: several times those of half a day of failing infrastructure (151), or of a training that is
 * interrupted ten times a day for a month, so that only one that kills its worker each time, of which no activity can count the
 * attempts, is given up by the server.
 */
const mostAttempts = 1000;

const atWorker: ActivityOptions = {
  taskQueue: taskQueues.train,
  startToCloseTimeout: '30 days',
  heartbeatTimeout,
  cancellationType,
  retry: { ...backoff, maximumAttempts: mostAttempts },
};

/** The most bytes of a fairness key. */
const longestFairnessKey = 64;

/**
 * The options of a training. The reference dataset comes first, as every correlation needs it; the other datasets, and other
 * studies, share the slots evenly.
 */
export function training(studyId: string, dataset: string, isReference: boolean): ActivityOptions {
  const fairnessKey = `${studyId}/${dataset}`.slice(-longestFairnessKey);
  return { ...atWorker, priority: { priorityKey: isReference ? 2 : 3, fairnessKey } };
}

/** Trained networks are tested before more are trained, so that a study that is stopped early has results. */
export const evaluation: ActivityOptions = { ...atWorker, priority: { priorityKey: 1 } };

/** After this many runs in a row that fail for the same cause, a population is put on hold. */
export const mostFailuresInARow = 5;

/** Events in a workflow's history after which it continues as new; servers refuse more than 51,200 and become slow before that. */
export const longestHistory = 4000;
