import { ActivityCancellationType, type ActivityOptions, type RetryPolicy } from '@temporalio/workflow';
import { taskQueues } from './task-queues.ts';

/** A killed worker is noticed after this long without a heartbeat. */
const heartbeatTimeout = '15 seconds';

/** A cancelled study has ended when its trainings have. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/**
 * The server retries without end: what a retry cannot mend, or has not mended in all the attempts or hours that it may take, is
 * made final by the activity itself (activities/attempts.ts).
 */
const backoff: RetryPolicy = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' };

/** Reading and writing small things in the store. */
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

/** Bounds only what kills its worker each time: a training goes on from its checkpoint however often it is interrupted. */
const mostWorkersKilled = 100;

const atWorker: ActivityOptions = {
  taskQueue: taskQueues.train,
  startToCloseTimeout: '30 days',
  heartbeatTimeout,
  cancellationType,
  retry: { ...backoff, maximumAttempts: mostWorkersKilled },
};

/** Bytes of a fairness key, at most. */
const longestFairnessKey = 64;

/**
 * The options of a training. The reference dataset comes first, as every correlation needs it; the other datasets, and other
 * studies, share the slots evenly.
 */
export function training(studyId: string, dataset: string, isReference: boolean): ActivityOptions {
  const fairnessKey = `${studyId}/${dataset}`.slice(-longestFairnessKey);
  return { ...atWorker, priority: { priorityKey: isReference ? 2 : 3, fairnessKey } };
}

/** Testing what is trained comes before training more, so that a study that is stopped early has results. */
export const evaluation: ActivityOptions = { ...atWorker, priority: { priorityKey: 1 } };

/** Runs in a row that fail for the same cause, after which a population holds. */
export const mostFailuresInARow = 5;

/** Events of a workflow's history after which it continues as new; servers refuse more than 51,200 and grow slow before. */
export const longestHistory = 4000;
