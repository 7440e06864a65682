import { isGrpcServiceError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError } from '../lib/core/errors.ts';
import { innermostMessage } from './innermost-message.ts';
import { ServerAway } from './study-server.ts';

/** Milliseconds for which a server may be absent, e.g. while it restarts. */
const patience = 60_000;

/**
 * gRPC codes that leave open whether a request was carried out: cancelled, unknown, deadline exceeded, resource exhausted, aborted,
 * internal, unavailable.
 */
const unclear = [1, 2, 4, 8, 10, 13, 14];

/**
 * Repeats a request, which must be idempotent, until it is answered.
 * @param now milliseconds of a monotonic clock
 * @throws EnvironmentError if there is no answer for a minute after the first failure
 */
export async function untilAnswered<Result>(
  request: () => Promise<Result>,
  isToBeRepeated: (error: unknown) => boolean = () => false,
  now = () => performance.now(),
): Promise<Result> {
  // The clock starts at the first failure, because a request may itself take long, such as waiting for a cancelled study to end.
  for (let deadline = Infinity; ; await sleep(500))
    try {
      return await request();
    } catch (error) {
      if (!(isUnclear(error) || isToBeRepeated(error))) throw error;
      deadline = Math.min(deadline, now() + patience);
      if (now() >= deadline)
        throw new EnvironmentError(
          hasNoWorker(error)
            ? 'The study takes no instructions at the moment: three or more times in a row, its worker was lost or could not continue ' +
                'its workflow (the logs of the workers say why). The server waits up to ten minutes before it tries again'
            : `The Temporal server has not answered for a minute: ${innermostMessage(error as Error)}`,
          { cause: error },
        );
    }
}

function isUnclear(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof ServerAway) return true;
  return unclear.includes(grpcError(error)?.code ?? 0) || hasNoWorker(error);
}

/** Whether the server refuses a request because the workflow's workers were lost, or failed, three or more times in a row. */
const hasNoWorker = (error: unknown): boolean => /Workflow Task in failed state/.test(grpcError(error)?.details ?? '');

function grpcError(error: unknown): { code: number; details: string } | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause : undefined;
}
