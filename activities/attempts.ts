import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

/** What the heartbeats of an attempt carry, from one attempt to the next too. */
export interface AttemptDetails<Progress> {
  /** Attempts that ended in a failure of their own. */
  failures: number;
  /** What the work last reported. */
  progress: Progress | null;
}

/** Milliseconds between heartbeats, whatever the work reports. */
const beat = 1000;

/** Whether another attempt of a work that threw this can succeed. */
export type IsRetryable = (error: unknown) => boolean;

/**
 * Carries out one attempt of an activity, with heartbeats. An attempt that is interrupted (its worker stops or is killed) is no
 * failure and may be repeated without end; the `attempts`-th failure, or one that no attempt mends, is final.
 *
 * @param work gets a function that reports progress, and a signal that aborts on cancellation and on shutdown
 */
export async function attempt<Progress, Result>(
  attempts: number,
  isRetryable: IsRetryable,
  work: (report: (progress: Progress) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const details: AttemptDetails<Progress> = {
    failures: (context.info.heartbeatDetails as AttemptDetails<Progress> | undefined)?.failures ?? 0,
    progress: null,
  };
  context.heartbeat(details);
  const beats = setInterval(() => context.heartbeat(details), beat);
  try {
    return await work((progress) => {
      details.progress = progress;
    }, context.cancellationSignal);
  } catch (error) {
    if (context.cancellationSignal.aborted) throw interruption(context.cancellationSignal);
    details.failures++;
    context.heartbeat(details);
    throw ApplicationFailure.create({
      message: error instanceof Error ? error.message : String(error),
      type: error instanceof Error ? error.name : 'Error',
      nonRetryable: !isRetryable(error) || details.failures >= attempts,
      ...(error instanceof Error ? { cause: error } : {}),
    });
  } finally {
    clearInterval(beats);
  }
}

/** What the signal aborted with: the server knows from it whether the work was cancelled or its worker is stopping. */
function interruption({ reason }: AbortSignal): CancelledFailure {
  return reason instanceof CancelledFailure ? reason : new CancelledFailure('the activity was interrupted');
}
