import type { Client } from '@temporalio/client';
import { EnvironmentError } from '../lib/core/errors.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import type { OpenClient } from './open-client.ts';
import { runningServer, type ServerDescription } from './running-server.ts';
import { configuredTarget, localTarget, type TemporalTarget } from './temporal-target.ts';

/** Sends a request; callers may repeat it. */
export type Ask = <Answer>(request: (client: Client) => Promise<Answer>) => Promise<Answer>;

/** The Temporal server that runs studies. */
export interface StudyServer {
  /**
   * Sends a request to the server.
   * @throws NoServer if no server is running or ever was, ServerAway if one was running and is not now, and any error of the request
   */
  ask: Ask;
  /** Closes the connection to the server. */
  close: () => Promise<void>;
}

/** No server is configured, and none is running. */
export class NoServer extends EnvironmentError {
  constructor() {
    super('no Temporal server is running or configured');
  }
}

/** A server that was running has ended, and may be started again. */
export class ServerAway extends EnvironmentError {}

/** A server that is never there. */
export const noServer: StudyServer = { ask: () => Promise.reject(new NoServer()), close: () => Promise.resolve() };

/** Makes a server whose address does not change. */
export const serverOf = ({ client, close }: OpenClient): StudyServer => ({ ask: (request) => request(client), close });

/**
 * Opens the configured server, else that of a state folder, whether or not it is running yet; connects to it if it is.
 * @throws EnvironmentError if a server is configured but does not answer
 */
export async function openServer(state: StateFolder): Promise<StudyServer> {
  const configured = await configuredTarget();
  if (configured !== undefined) return serverOf(await openConnection(configured));
  const local = new LocalStudyServer(state);
  await local.connect();
  return local;
}

/** Loads the library only if there is a server: without one, commands answer half a second sooner. */
const openConnection = async (target: TemporalTarget) => (await import('./connection.ts')).connectTo(target);

/**
 * The server of a state folder. If it is started again, it may have another address because another program, perhaps another folder's
 * server, has taken its port. So each request goes to the current address of this folder's server, and an answer counts only if that server
 * is still running afterwards.
 */
class LocalStudyServer implements StudyServer {
  readonly #state: StateFolder;
  #opened: { address: string; connection: Promise<OpenClient> } | undefined;
  #hasRun = false;

  constructor(state: StateFolder) {
    this.#state = state;
  }

  /** Connects to the server if it is running. */
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

  /** @throws ServerAway if the server has ended, since another one may have answered */
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
    return new ServerAway(`The Temporal server of ${this.#state.root} has ended and is not running again yet`);
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.connection.catch(() => undefined);
    await opened?.close();
  }
}
