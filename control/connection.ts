import { Client, Connection, type ConnectionLike } from '@temporalio/client';
import { ConfigError } from '../lib/core/errors.ts';
import { connectionProblem } from './connection-problem.ts';
import { retryUntilClosed } from './late-retries.ts';
import type { OpenClient } from './open-client.ts';
import type { TemporalTarget } from './temporal-target.ts';

/**
 * Connects to a server.
 * @throws EnvironmentError if it does not answer, ConfigError if it does not know the namespace or only one side uses TLS
 */
export async function connectTo(target: TemporalTarget): Promise<OpenClient> {
  const options = { ...target.connectionOptions, interceptors: retryUntilClosed() };
  const connection = await Connection.connect(options).catch(async (cause: unknown) => {
    throw await connectionProblem(target, cause);
  });
  await checkNamespace(connection.workflowService, target).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  return { client: clientOn(connection, target), close: () => connection.close() };
}

/** gRPC's status code NOT_FOUND. */
const notFound = 5;

/** @throws ConfigError if the server has no such namespace; it is not an error here if the user may not ask */
export async function checkNamespace(
  workflowService: Pick<Connection['workflowService'], 'describeNamespace'>,
  { namespace, connectionOptions }: TemporalTarget,
): Promise<void> {
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if ((error as { code?: unknown }).code !== notFound) return;
    throw new ConfigError(`The Temporal server at ${connectionOptions.address} has no namespace ${namespace}`, [
      `TEMPORAL_NAMESPACE (or namespace in the profile) must name one that exists; to create it: temporal operator namespace create --namespace ${namespace}`,
    ]);
  }
}

/** Makes a client on a connection that is closed elsewhere. */
export const clientOn = (connection: ConnectionLike, { namespace }: TemporalTarget): Client =>
  new Client({ connection, namespace });
