import { spawn, type ChildProcess } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listens } from '../control/listens.ts';
import {
  describedServer,
  portOf,
  serverFiles,
  undescribedServer,
  type ServerDescription,
} from '../control/running-server.ts';
import { EnvironmentError } from '../lib/core/errors.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { makeFolder } from '../lib/core/files/make-folder.ts';
import { searchAttributeTypes } from '../workflows/search-attributes.ts';
import { rotateLog } from './log-file.ts';
import { freePort } from './ports.ts';

const host = '127.0.0.1';

/** TCP ports of a server. */
export interface Ports {
  port: number;
  uiPort: number;
}

const defaultPorts: Ports = { port: 7233, uiPort: 8233 };

export interface LocalServer extends ServerDescription {
  /** Resolves when the server has ended, with a description of how. */
  ended: Promise<string>;
  /** Path of its log. */
  log: string;
  /** Ends the server, within 5 s. */
  stop(): Promise<void>;
  /** Kills the server without waiting, for a process that is about to exit. */
  kill: () => void;
}

/**
 * Starts the Temporal development server with its UI, on the default ports if they are free. The server keeps everything in a database in
 * `directory`, so that studies outlive it. A server that a killed `start` left behind is ended first.
 *
 * It runs in its own process group, so that Ctrl-C in the terminal does not reach it before the workers are done with it.
 *
 * @param binary path of the `temporal` command line
 * @param directory folder for the database, log and description; this process must hold it
 * @param ports ports of an earlier server, if the new one must have the same; any free ones if absent
 * @param preferred ports to use if they are free; the default ones if absent
 */
export async function startLocalServer(
  binary: string,
  directory: string,
  ports?: Ports,
  preferred?: Ports,
): Promise<LocalServer> {
  await makeFolder(directory);
  const earlier = await endAbandonedServer(directory);
  for (let attempt = 1; ; attempt++)
    try {
      return await launch(
        binary,
        directory,
        ports ?? (await freePorts(attempt === 1 ? (earlier ?? preferred) : undefined)),
      );
    } catch (error) {
      if (attempt === launchAttempts) throw error;
      if (ports !== undefined) await sleep(1000);
    }
}

/** Number of attempts to start: another process may take a free port before the server listens on it, and then other ports are tried. */
const launchAttempts = 5;

async function freePorts(preferred = defaultPorts): Promise<Ports> {
  const [port, uiPort] = await Promise.all([freePort(preferred.port), freePort(preferred.uiPort)]);
  return { port, uiPort };
}

const serverOptions = [
  ...['--log-level', 'error'],
  // A write-ahead log that is flushed only at checkpoints survives the death of the server at any moment, and costs half as much.
  ...['journal_mode=wal', 'synchronous=normal'].flatMap((pragma) => ['--sqlite-pragma', pragma]),
  // One partition per task queue, so that runs start in the order of their plan.
  ...['Read', 'Write'].flatMap((kind) => ['--dynamic-config-value', `matching.numTaskqueue${kind}Partitions=1`]),
  // Datasets and studies share the slots evenly.
  ...['--dynamic-config-value', 'matching.enableFairness=true'],
  // A workflow whose workers were lost several times in a row answers soon; by default, that could take ten minutes.
  ...['--dynamic-config-value', 'history.workflowTaskRetryMaxInterval="5s"'],
  ...searchAttributeTypes.flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
];

async function launch(binary: string, directory: string, { port, uiPort }: Ports): Promise<LocalServer> {
  const log = join(directory, serverFiles.log);
  await rotateLog(log);
  const output = await open(log, 'a');
  const server = spawn(
    binary,
    [
      ...['server', 'start-dev', '--ip', host, '--port', String(port), '--ui-port', String(uiPort)],
      ...['--db-filename', serverFiles.database, ...serverOptions],
    ],
    { cwd: directory, detached: true, stdio: ['ignore', output.fd, output.fd] },
  );
  const ended = endOf(server);
  await output.close();
  if (server.pid === undefined) throw new EnvironmentError(`The Temporal server cannot be started: ${await ended}`);
  const stop = () => end(server, ended);
  const description: ServerDescription = {
    pid: server.pid,
    address: `${host}:${port}`,
    uiAddress: `http://${host}:${uiPort}`,
  };
  try {
    await writeFileAtomically(join(directory, serverFiles.description), JSON.stringify(description));
    await accepting(description.pid, port, ended, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...description,
    ended,
    log,
    async stop() {
      await stop();
      await rm(join(directory, serverFiles.description), { force: true });
    },
    kill: () => void server.kill('SIGKILL'),
  };
}

/** Ends servers that killed processes left behind. Returns the ports of the last one, where clients may still look for it. */
async function endAbandonedServer(directory: string): Promise<Ports | undefined> {
  const described = await describedServer(directory);
  let last = typeof described === 'string' ? undefined : described;
  for (let tries = 0; ; tries++) {
    const server = await undescribedServer(directory);
    if (server === undefined) break;
    last = server;
    signalTo(server.pid, tries < 50 ? 'SIGTERM' : 'SIGKILL');
    await sleep(100);
  }
  await rm(join(directory, serverFiles.description), { force: true });
  return last && portsOf(last);
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // The server has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Returns the ports on which a server listens. */
export const portsOf = ({ address, uiAddress }: Pick<ServerDescription, 'address' | 'uiAddress'>): Ports => ({
  port: portOf(address),
  uiPort: portOf(uiAddress),
});

function endOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message));
    server.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
}

async function end(server: ChildProcess, ended: Promise<string>): Promise<void> {
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

/** Resolves when the server listens on its port; throws if it ends instead. */
async function accepting(pid: number, port: number, ended: Promise<string>, log: string): Promise<void> {
  let failure: string | undefined;
  void ended.then((how) => (failure = how));
  while (!(await listens(pid, port))) {
    if (failure !== undefined)
      throw new EnvironmentError(`The Temporal server ended (${failure}) before it was ready; see ${log}`);
    await sleep(50);
  }
}
