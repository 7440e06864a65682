import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { EnvironmentError } from './environment-error.ts';
import { freePort, listens } from './ports.ts';

const host = '127.0.0.1';
const defaultPort = 7233;
const defaultUiPort = 8233;

/** The file that tells other processes of a running server. */
const descriptionFile = 'server.json';
const databaseFile = 'temporal.db';

const descriptionSchema = z.object({
  /** Process id of the server. */
  pid: z.int().positive(),
  /** Process id of the start that it serves. */
  startPid: z.int().positive(),
  address: z.string(),
  uiAddress: z.string(),
});

export type ServerDescription = z.infer<typeof descriptionSchema>;

export interface LocalServer extends ServerDescription {
  /** Settles when the server has ended, with what happened. */
  ended: Promise<string>;
  /** Path of its log. */
  log: string;
  /** Ends it, within 5 s. */
  stop(): Promise<void>;
  /** Ends it at once, without waiting: for a process that is about to exit. */
  kill: () => void;
}

/**
 * Starts the Temporal development server with its UI, on the default ports where they are free. Everything that the server
 * knows lies in a database in `directory`, so that studies outlive it. A server that a killed start left behind is ended first.
 *
 * It runs in a process group of its own: Ctrl-C in the terminal does not reach it before the workers are done with it.
 *
 * @param binary path of the `temporal` command line
 * @param directory for database, log and description; this process must hold it
 */
export async function startLocalServer(binary: string, directory: string): Promise<LocalServer> {
  await mkdir(directory, { recursive: true });
  await endAbandonedServer(directory);
  for (let attempt = 1; ; attempt++)
    try {
      return await launch(binary, directory);
    } catch (error) {
      if (attempt === launchAttempts) throw error;
    }
}

/** A port that was free may be taken by another process before the server listens on it: with other ports it starts. */
const launchAttempts = 3;

async function launch(binary: string, directory: string): Promise<LocalServer> {
  const [port, uiPort] = await Promise.all([freePort(defaultPort), freePort(defaultUiPort)]);
  const log = join(directory, 'server.log');
  const output = await open(log, 'a');
  const server = spawn(
    binary,
    [
      ...['server', 'start-dev', '--ip', host, '--port', String(port), '--ui-port', String(uiPort)],
      ...['--db-filename', join(directory, databaseFile), '--log-level', 'error'],
      // One partition a task queue: runs begin in the order of their plan.
      ...['Read', 'Write'].flatMap((kind) => ['--dynamic-config-value', `matching.numTaskqueue${kind}Partitions=1`]),
    ],
    { detached: true, stdio: ['ignore', output.fd, output.fd] },
  );
  const ended = endOf(server);
  await output.close();
  const stop = () => end(server, ended);
  const description: ServerDescription = {
    pid: server.pid ?? 0,
    startPid: process.pid,
    address: `${host}:${port}`,
    uiAddress: `http://${host}:${uiPort}`,
  };
  try {
    await writeDescription(directory, description);
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
      await rm(join(directory, descriptionFile), { force: true });
    },
    kill: () => void server.kill('SIGKILL'),
  };
}

/**
 * The server that runs for a folder; undefined where there is none. Its process id may belong to something else by now, so the
 * command of the process is looked at.
 */
export async function runningServer(directory: string): Promise<ServerDescription | undefined> {
  const text = await readFile(join(directory, descriptionFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const description = descriptionSchema.parse(JSON.parse(text));
  const command = await readFile(`/proc/${description.pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(join(directory, databaseFile)) ? description : undefined;
}

async function writeDescription(directory: string, description: ServerDescription): Promise<void> {
  const path = join(directory, descriptionFile);
  await writeFile(`${path}.new`, JSON.stringify(description));
  await rename(`${path}.new`, path);
}

/** Ends the server of a start that was killed. */
async function endAbandonedServer(directory: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const server = await runningServer(directory);
    if (server === undefined) break;
    process.kill(server.pid, tries < 50 ? 'SIGTERM' : 'SIGKILL');
    await sleep(100);
  }
  await rm(join(directory, descriptionFile), { force: true });
}

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

/** Settles when the server listens on its port; throws when it has ended instead. */
async function accepting(pid: number, port: number, ended: Promise<string>, log: string): Promise<void> {
  let failure: string | undefined;
  void ended.then((how) => (failure = how));
  while (!(await listens(pid, port))) {
    if (failure !== undefined)
      throw new EnvironmentError(`The Temporal server ended (${failure}) before it was ready; see ${log}`);
    await sleep(50);
  }
}
