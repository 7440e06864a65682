import { EnvironmentError } from '../lib/core/errors.ts';
import { portsOf, startLocalServer, type LocalServer, type Ports } from './temporal-server.ts';

/** More than `mostRestarts` restarts within this many milliseconds mean that another would not help. */
const window = 10 * 60_000;
const mostRestarts = 5;

/** A server that ended cannot be started again at its address, e.g. because another program has taken its port. */
export class AddressLost extends EnvironmentError {}

export interface SupervisedServer {
  address: string;
  uiAddress: string;
  stop(): Promise<void>;
  kill: () => void;
}

export interface SupervisionOptions {
  /** Path of the `temporal` command line. */
  binary: string;
  /** Folder for the database, log and description; this process must hold it. */
  directory: string;
  /** Ports to use if they are free. */
  preferred?: Ports | undefined;
  /** Called after the server ended and was started again. */
  onRestart: (how: string) => void;
  /** Called if the server cannot be kept running; with `AddressLost` if it could be started at another address. */
  onLost: (error: Error) => void;
}

/**
 * Starts a local Temporal server and keeps it running: if it ends or is killed, it is started again with the same database and ports, so
 * that workers and clients find it at the same address.
 */
export async function superviseServer(options: SupervisionOptions): Promise<SupervisedServer> {
  const { binary, directory, preferred, onRestart, onLost } = options;
  let server = await startLocalServer(binary, directory, undefined, preferred);
  const { address, uiAddress } = server;
  const ports = portsOf(server);
  const restarts: number[] = [];
  let isStopping = false;
  let restarting: Promise<void> = Promise.resolve();

  const watch = (watched: LocalServer) =>
    void watched.ended.then((how) => {
      if (!isStopping) restarting = restart(how);
    });
  const restart = async (how: string) => {
    const now = Date.now();
    restarts.push(now);
    if (restarts.filter((time) => now - time < window).length > mostRestarts)
      return onLost(new EnvironmentError(`The Temporal server ended again and again (${how}); see ${server.log}`));
    try {
      server = await startLocalServer(binary, directory, ports);
      onRestart(how);
      watch(server);
    } catch (error) {
      onLost(new AddressLost(`The Temporal server cannot be started again at ${address}`, { cause: error }));
    }
  };
  watch(server);
  return {
    address,
    uiAddress,
    async stop() {
      isStopping = true;
      await restarting;
      await server.stop();
    },
    kill: () => {
      isStopping = true;
      server.kill();
    },
  };
}
