import { ActivityCancellationType, type ActivityOptions, type RetryPolicy } from '@temporalio/workflow';
import { taskQueues } from './task-queues.ts';

/** A killed worker is noticed after this long without a heartbeat. */
const heartbeatTimeout = '15 seconds';

/** A cancelled study has ended when its trainings have. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const backoff: RetryPolicy = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' };

/** Reading and writing small things in the store. */
export const lightWork: ActivityOptions = {
  taskQueue: taskQueues.study,
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout,
  cancellationType,
  retry: { ...backoff, maximumAttempts: 10 },
};

export const dataPreparation: ActivityOptions = {
  taskQueue: taskQueues.data,
  startToCloseTimeout: '2 days',
  heartbeatTimeout,
  cancellationType,
  retry: { ...backoff, maximumAttempts: 10 },
};

/**
 * A training goes on from its checkpoint however often it is interrupted (a worker that stops, a machine that is taken away), so
 * the server retries almost without end. What fails by itself is counted by the activity, which gives up after the study's
 * `execution.attempts` (activities/attempts.ts); the bound here is for what kills its worker each time.
 */
export const training: ActivityOptions = {
  taskQueue: taskQueues.train,
  startToCloseTimeout: '30 days',
  heartbeatTimeout,
  cancellationType,
  retry: { ...backoff, maximumAttempts: 100 },
};

/** Testing what is trained comes before training more, so that a study that is stopped early has results. */
export const evaluation: ActivityOptions = { ...training, priority: { priorityKey: 1 } };

/** Runs after which a population continues as new: about a dozen history events each, and a server suggests 4,096 at most. */
export const runsPerExecution = 250;
