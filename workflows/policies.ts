import { ActivityCancellationType, type ActivityOptions, type RetryPolicy } from '@temporalio/workflow';
import { taskQueues } from './task-queues.ts';

/** Time without a heartbeat after which a worker counts as killed. */
const heartbeatTimeout = '15 seconds';

/** A cancelled study ends only after its trainings have ended. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/**
 * The server retries without limit, except for trainings (`mostAttempts`): the activity itself makes a failure final if a retry cannot fix
 * it, or if the allowed attempts or hours are used up (activities/attempts.ts).
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
 * Maximum number of attempts at a training, however they end. It is several times the number in half a day of failing infrastructure (151),
 * or in a month with ten interruptions a day, so that the server gives up only a training that kills its worker each time, whose attempts
 * no activity can count.
 */
const mostAttempts = 1000;

const atWorker: ActivityOptions = {
  taskQueue: taskQueues.train,
  startToCloseTimeout: '30 days',
  heartbeatTimeout,
  cancellationType,
  retry: { ...backoff, maximumAttempts: mostAttempts },
};

/** Maximum bytes of a fairness key. */
const longestFairnessKey = 64;

/**
 * Returns the options of a training. The reference dataset comes first because every correlation needs it; the other datasets, and other
 * studies, share the slots evenly.
 */
export function training(studyId: string, dataset: string, isReference: boolean): ActivityOptions {
  const fairnessKey = `${studyId}/${dataset}`.slice(-longestFairnessKey);
  return { ...atWorker, priority: { priorityKey: isReference ? 2 : 3, fairnessKey } };
}

/** Options of a test. Trained networks are tested before more are trained, so that a study that is stopped early has results. */
export const evaluation: ActivityOptions = { ...atWorker, priority: { priorityKey: 1 } };

/** Number of runs in a row with the same category of failure after which a population is put on hold. */
export const mostFailuresInARow = 5;

/**
 * Number of events in a workflow's history after which it continues as new; servers refuse more than 51,200 and become slow before that.
 */
export const longestHistory = 4000;
