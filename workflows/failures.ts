import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  rootCause,
} from '@temporalio/workflow';
import { failureCategories, type RunFailure } from '../lib/study/failure.ts';

/** Interprets the final failure of an activity: its category is the type that activities/attempts.ts gave it. */
export function failureOf(error: unknown): RunFailure {
  const message = rootCause(error) ?? String(error);
  const cause = causeOf(error);
  if (!(cause instanceof ApplicationFailure))
    // A timeout: workers were lost repeatedly.
    return { category: 'crash', message };
  const type = cause.type === 'usage' ? 'input' : cause.type;
  return { category: failureCategories.find((category) => category === type) ?? 'internal', message };
}

/** Whether a failure is due to the environment or the data rather than to one run, so that the next run would also fail. */
export const concernsAll = ({ category }: RunFailure) => category === 'input' || category === 'infrastructure';

/**
 * Whether an activity that was asked to end did so without a final failure of its own. The server does not retry such an activity, so the
 * loss of its worker, or a failure that another attempt could fix, arrives here.
 */
export function isInterruption(error: unknown): boolean {
  const cause = causeOf(error);
  return isCancellation(error) || !(cause instanceof ApplicationFailure && cause.nonRetryable === true);
}

function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) cause = cause.cause;
  return cause;
}
