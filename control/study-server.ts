import type { Client } from '@temporalio/client';
import { EnvironmentError } from '../lib/core/errors.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import type { OpenClient } from './connection.ts';
import { runningServer } from './running-server.ts';
import { configuredTarget, localTarget, type TemporalTarget } from './temporal-target.ts';

/** The Temporal server that runs studies. */
export interface StudyServer {
  /**
   * A client for the next request; undefined if no server runs or ever ran.
   * @throws ServerAway if one ran, and none runs now
   */
  client: () => Promise<Client | undefined>;
  /** Closes the connection to it. */
  close: () => Promise<void>;
}

/** A server that ran a moment ago, and may be started again. */
export class ServerAway extends EnvironmentError {}

/** A server that never runs. */
export const noServer: StudyServer = { client: () => Promise.resolve(undefined), close: () => Promise.resolve() };

/** A server whose address does not change. */
export const serverOf = ({ client, close }: OpenClient): StudyServer => ({
  client: () => Promise.resolve(client),
  close,
});

/**
 * The configured server, else that of a state folder, whether it runs already or not.
 * @throws EnvironmentError if a server is configured but does not answer
 */
export async function openServer(state: StateFolder): Promise<StudyServer> {
  const configured = await configuredTarget();
  return configured === undefined ? new LocalStudyServer(state) : serverOf(await openConnection(configured));
}

/** The library is loaded only if there is a server: without one, commands answer half a second sooner. */
const openConnection = async (target: TemporalTarget) => (await import('./connection.ts')).connectTo(target);

/**
 * The server that runs for a state folder. If it is started again, it may have another address, since another program may have taken its
 * port; that program may be the server of another folder. So each request goes to the address at which this folder's server is now.
 */
class LocalStudyServer implements StudyServer {
  readonly #state: StateFolder;
  #opened: { address: string; connection: Promise<OpenClient> } | undefined;
  #hasAnswered = false;

  constructor(state: StateFolder) {
    this.#state = state;
  }

  async client(): Promise<Client | undefined> {
    const address = (await runningServer(this.#state.temporal))?.address;
    if (address === undefined) return this.#missing(undefined);
    if (this.#opened?.address !== address) {
      void this.#opened?.connection.then(({ close }) => close()).catch(() => undefined);
      this.#opened = { address, connection: openConnection(localTarget(address)) };
    }
    const opened = this.#opened;
    try {
      const { client } = await opened.connection;
      this.#hasAnswered = true;
      return client;
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      if (this.#opened === opened) this.#opened = undefined;
      return this.#missing(error);
    }
  }

  #missing(cause: Error | undefined): undefined {
    if (!this.#hasAnswered) return undefined;
    throw new ServerAway(cause?.message ?? `The Temporal server of ${this.#state.root} is not running`, { cause });
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.connection.catch(() => undefined);
    await opened?.close();
  }
}
