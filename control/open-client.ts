import type { StateFolder } from '../lib/core/files/state-folder.ts';
import type { OpenClient } from './connection.ts';
import { runningServer } from './running-server.ts';
import { configuredTarget, localTarget } from './temporal-target.ts';

/**
 * A client of the configured server, else of the server of a `start` that is running in the state folder; undefined if there
 * is neither.
 * @throws EnvironmentError if a server is configured but does not answer
 */
export async function openClient(state: StateFolder): Promise<OpenClient | undefined> {
  const configured = await configuredTarget();
  const server = configured === undefined ? await runningServer(state.temporal) : undefined;
  if (configured === undefined && server === undefined) return undefined;
  // The library is loaded only if there is a server: without one, commands answer half a second sooner.
  const { connectTo } = await import('./connection.ts');
  if (configured !== undefined) return connectTo(configured);
  // The local server may have ended a moment ago.
  return connectTo(localTarget(server!.address)).catch(() => undefined);
}
