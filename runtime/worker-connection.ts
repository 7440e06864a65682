import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, TransportError } from '@temporalio/worker';
import { checkNamespace } from '../control/connection.ts';
import { connectionProblem } from '../control/connection-problem.ts';
import type { TemporalTarget } from '../control/temporal-target.ts';
import { OperationalError } from '../lib/core/errors.ts';

const patienceMs = 30_000;
const pauseMs = 50;

/**
 * Connects to a server, which is given half a minute: one that has just started listens before its services are healthy.
 * @throws EnvironmentError if it does not answer or does not become healthy; ConfigError if it does not know the namespace, or if only one
 *   side uses TLS
 */
export async function connectWorkers(target: TemporalTarget): Promise<NativeConnection> {
  const deadline = Date.now() + patienceMs;
  for (;;)
    try {
      const connection = await NativeConnection.connect(target.connectionOptions);
      await checkNamespace(connection.workflowService, target);
      return connection;
    } catch (error) {
      if (error instanceof OperationalError) throw error;
      const isStarting = error instanceof TransportError && /currently unavailable/.test(error.message);
      if (!isStarting || Date.now() > deadline) throw await connectionProblem(target, error);
      await sleep(pauseMs);
    }
}
