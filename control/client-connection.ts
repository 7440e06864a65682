import type { Client } from '@temporalio/client';
import { configuredTarget, localTarget, type TemporalTarget } from './temporal-target.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { runningServer } from './running-server.ts';

/** A client of a Temporal server, to be closed. */
export interface OpenClient {
  client: Client;
  close(): Promise<void>;
}

/**
 * A client of the configured server, else of the one that a start at work in the state folder has; undefined where there is
 * neither.
 * @throws Error where a server is configured but does not answer
 */
export async function openClient(state: StateFolder): Promise<OpenClient | undefined> {
  const configured = await configuredTarget();
  const target = configured ?? (await runningLocalTarget(state));
  if (target === undefined) return undefined;
  const { Client, Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect(target.connectionOptions);
    return {
      client: new Client({ connection, namespace: target.namespace }),
      close: () => connection.close(),
    };
  } catch (cause) {
    // The local server may have ended a moment ago.
    if (configured === undefined) return undefined;
    throw new Error(`The Temporal server at ${configured.connectionOptions.address} does not answer`, { cause });
  }
}

async function runningLocalTarget(state: StateFolder): Promise<TemporalTarget | undefined> {
  const server = await runningServer(state.temporal);
  return server === undefined ? undefined : localTarget(server.address);
}
