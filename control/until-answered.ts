import { isGrpcServiceError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerAway } from './study-server.ts';

/** Milliseconds for which a server may be away, e.g. because it is started again. */
const patience = 60_000;

/** Codes of gRPC that leave open whether a request was carried out: cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const unclear = [1, 2, 4, 8, 10, 13, 14];

/** Repeats a request, which must be idempotent, until there is an answer. */
export async function untilAnswered<Result>(
  request: () => Promise<Result>,
  isToBeRepeated: (error: unknown) => boolean = () => false,
): Promise<Result> {
  for (const deadline = Date.now() + patience; ; await sleep(500))
    try {
      return await request();
    } catch (error) {
      if (Date.now() > deadline || !(isUnclear(error) || isToBeRepeated(error))) throw error;
    }
}

function isUnclear(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof ServerAway) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && unclear.includes(cause.code);
}
