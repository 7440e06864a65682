import { Client, Connection, type ConnectionLike } from '@temporalio/client';
import { EnvironmentError } from '../lib/core/errors.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import { runningServer } from './running-server.ts';
import { configuredTarget, localTarget, type TemporalTarget } from './temporal-target.ts';

/** A client of a Temporal server, which its user must close. */
export interface OpenClient {
  client: Client;
  close: () => Promise<void>;
}

/**
 * Connects to a server.
 * @throws EnvironmentError if it does not answer
 */
export async function connectTo(target: TemporalTarget): Promise<OpenClient> {
  const connection = await Connection.connect(target.connectionOptions).catch((cause: unknown) => {
    throw new EnvironmentError(`The Temporal server at ${target.connectionOptions.address} does not answer`, { cause });
  });
  return { client: clientOn(connection, target), close: () => connection.close() };
}

/** A client on a connection that is closed elsewhere. */
export const clientOn = (connection: ConnectionLike, { namespace }: TemporalTarget): Client =>
  new Client({ connection, namespace });

/**
 * A client of the configured server, else of the server of a `start` that is running in the state folder; undefined if there
 * is neither.
 * @throws EnvironmentError if a server is configured but does not answer
 */
export async function openClient(state: StateFolder): Promise<OpenClient | undefined> {
  const configured = await configuredTarget();
  if (configured !== undefined) return connectTo(configured);
  const server = await runningServer(state.temporal);
  // The local server may have ended a moment ago.
  return server === undefined ? undefined : connectTo(localTarget(server.address)).catch(() => undefined);
}
