import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, TransportError } from '@temporalio/worker';
import type { TemporalTarget } from '../control/temporal-target.ts';
import { EnvironmentError } from '../lib/core/errors.ts';

const patienceMs = 30_000;
const pauseMs = 50;

/**
 * Connects to a server that may have started a moment ago: it listens before its services are healthy.
 * @throws EnvironmentError if it does not answer, or does not become healthy within half a minute
 */
export async function connectWorkers({ connectionOptions }: TemporalTarget): Promise<NativeConnection> {
  const deadline = Date.now() + patienceMs;
  for (;;)
    try {
      return await NativeConnection.connect(connectionOptions);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      if (!/currently unavailable/.test(error.message) || Date.now() > deadline)
        throw new EnvironmentError(`The Temporal server at ${connectionOptions.address} does not answer`, {
          cause: error,
        });
      await sleep(pauseMs);
    }
}
