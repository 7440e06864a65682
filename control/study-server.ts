import type { Client } from '@temporalio/client';
import { EnvironmentError } from '../lib/core/errors.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import type { OpenClient } from './open-client.ts';
import { runningServer, type ServerDescription } from './running-server.ts';
import { configuredTarget, localTarget, type TemporalTarget } from './temporal-target.ts';

/** Sends a request, which may be sent again. */
export type Ask = <Answer>(request: (client: Client) => Promise<Answer>) => Promise<Answer>;

/** The Temporal server that runs studies. */
export interface StudyServer {
  /**
   * Sends a request to it.
   * @throws NoServer if no server runs or ever ran, ServerAway if one ran and does not run now, and what the request throws
   */
  ask: Ask;
  /** Closes the connection to it. */
  close: () => Promise<void>;
}

/** No server is configured, and none runs. */
export class NoServer extends EnvironmentError {
  constructor() {
    super('no Temporal server is running or configured');
  }
}

/** A server that ran a moment ago, and may be started again. */
export class ServerAway extends EnvironmentError {}

/** A server that never runs. */
export const noServer: StudyServer = { ask: () => Promise.reject(new NoServer()), close: () => Promise.resolve() };

/** A server whose address does not change. */
export const serverOf = ({ client, close }: OpenClient): StudyServer => ({ ask: (request) => request(client), close });

/**
 * The configured server, else that of a state folder, whether it runs already or not; connects to it if it does.
 * @throws EnvironmentError if a server is configured but does not answer
 */
export async function openServer(state: StateFolder): Promise<StudyServer> {
  const configured = await configuredTarget();
  if (configured !== undefined) return serverOf(await openConnection(configured));
  const local = new LocalStudyServer(state);
  await local.connect();
  return local;
}

/** The library is loaded only if there is a server: without one, commands answer half a second sooner. */
const openConnection = async (target: TemporalTarget) => (await import('./connection.ts')).connectTo(target);

/**
 * The server that runs for a state folder. If it is started again, it may have another address, since another program may have taken its
 * port; that program may be the server of another folder. So each request goes to the address at which this folder's server is now, and
 * an answer counts only if it still runs then.
 */
class LocalStudyServer implements StudyServer {
  readonly #state: StateFolder;
  #opened: { address: string; connection: Promise<OpenClient> } | undefined;
  #hasRun = false;

  constructor(state: StateFolder) {
    this.#state = state;
  }

  /** Connects to the server if it runs. */
  async connect(): Promise<void> {
    await this.ask(() => Promise.resolve()).catch((error: unknown) => {
      if (!(error instanceof NoServer || error instanceof ServerAway)) throw error;
    });
  }

  async ask<Answer>(request: (client: Client) => Promise<Answer>): Promise<Answer> {
    const { pid, address } = await this.#running();
    const { client } = await this.#connectionTo(address);
    try {
      return await request(client);
    } finally {
      await this.#checkStillRuns(pid);
    }
  }

  async #running(): Promise<ServerDescription> {
    const server = await runningServer(this.#state.temporal);
    if (server === undefined) throw this.#hasRun ? this.#away() : new NoServer();
    this.#hasRun = true;
    return server;
  }

  /** @throws ServerAway if the server has ended, so that another one may have answered */
  async #checkStillRuns(pid: number): Promise<void> {
    if ((await this.#running()).pid !== pid) throw this.#away();
  }

  async #connectionTo(address: string): Promise<OpenClient> {
    if (this.#opened?.address !== address) {
      void this.#opened?.connection.then(({ close }) => close()).catch(() => undefined);
      this.#opened = { address, connection: openConnection(localTarget(address)) };
    }
    const opened = this.#opened;
    try {
      return await opened.connection;
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      if (this.#opened === opened) this.#opened = undefined;
      throw new ServerAway(error.message, { cause: error });
    }
  }

  #away(): ServerAway {
    return new ServerAway(`The Temporal server of ${this.#state.root} has ended, and is not running again yet`);
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.connection.catch(() => undefined);
    await opened?.close();
  }
}
