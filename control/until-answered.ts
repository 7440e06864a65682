import { isGrpcServiceError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError } from '../lib/core/errors.ts';
import { innermostMessage } from './innermost-message.ts';
import { ServerAway } from './study-server.ts';

/** Milliseconds for which a server may be away, e.g. because it is started again. */
const patience = 60_000;

/** Codes of gRPC that leave open whether a request was carried out: cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const unclear = [1, 2, 4, 8, 10, 13, 14];

/**
 * Repeats a request, which must be idempotent, until there is an answer.
 * @throws EnvironmentError if there is none for a minute
 */
export async function untilAnswered<Result>(
  request: () => Promise<Result>,
  isToBeRepeated: (error: unknown) => boolean = () => false,
): Promise<Result> {
  for (const deadline = Date.now() + patience; ; await sleep(500))
    try {
      return await request();
    } catch (error) {
      if (!(isUnclear(error) || isToBeRepeated(error))) throw error;
      if (Date.now() > deadline)
        throw new EnvironmentError(
          `The Temporal server has not answered for a minute: ${innermostMessage(error as Error)}`,
          { cause: error },
        );
    }
}

function isUnclear(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof ServerAway) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return false;
  // What a server says while the workers of a workflow are lost again and again, as when they are killed, or one kills another.
  return unclear.includes(cause.code) || /Workflow Task in failed state/.test(cause.details);
}
