import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runVariable } from './environment.ts';
import { forget, keep } from './keeper.ts';

/** How a process ended: one of the two is null. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * A trainer's command with all processes that it starts. They end with it, and with this process, even if that is killed: those of its
 * process group, and those that left the group but kept the environment, in which the folder of the run is named.
 */
export class TrainerProcesses {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #runFolder: string;
  /** When the command itself has ended; its children may still be there. */
  readonly exit: Promise<Exit>;

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>, runFolder: string) {
    this.#child = child;
    keep(child.pid!, markOf(runFolder));
    this.#runFolder = runFolder;
    this.exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    // Of a signal that cannot be sent: the next one may be.
    child.on('error', () => undefined);
  }

  /**
   * Starts a command in a session, and thereby a process group, of its own.
   * @param onOutput called with each chunk of its standard output and its standard error
   * @throws Error with the code of `execve` if it cannot be started
   */
  static async start(
    [program, ...args]: readonly string[],
    { cwd, env, onOutput }: { cwd: string; env: NodeJS.ProcessEnv; onOutput: [out: OnChunk, error: OnChunk] },
  ): Promise<TrainerProcesses> {
    const child = spawn(program!, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', onOutput[0]);
    child.stderr.on('data', onOutput[1]);
    await once(child, 'spawn');
    return new TrainerProcesses(child, env[runVariable]!);
  }

  /** Sends a signal to the command and its group. */
  signal(signal: NodeJS.Signals): void {
    sendTo(-this.#child.pid!, signal);
  }

  /**
   * Kills what is left of the command's processes, waits until they are gone, and lets the rest of the output through.
   * @returns the ids of those that could not be ended
   */
  async end(): Promise<number[]> {
    this.signal('SIGKILL');
    const left = await killProcessesOf(this.#runFolder);
    const outputs = [this.#child.stdout, this.#child.stderr];
    // A process that could not be ended may still hold the pipes.
    const closed = Promise.allSettled(outputs.map((output) => finished(output)));
    await Promise.race([closed, sleep(1000, undefined, { ref: false })]);
    for (const output of outputs) output.destroy();
    forget(this.#child.pid!);
    return left;
  }
}

type OnChunk = (chunk: Buffer) => void;

const markOf = (runFolder: string) => `${runVariable}=${runFolder}`;

/** Rounds of looking for processes: one that is found may have started others meanwhile. */
const rounds = 50;

/**
 * Kills the processes whose environment names the folder of a run, of whichever attempt, and waits until they are gone.
 * @returns the ids of those that could not be ended: they wait for a device, or belong to another user
 */
export async function killProcessesOf(runFolder: string): Promise<number[]> {
  for (let round = 0; ; round++) {
    const found = processesOf(runFolder);
    if (found.length === 0 || round === rounds) return found;
    for (const pid of found) sendTo(pid, 'SIGKILL');
    await sleep(round < 5 ? 5 : 100);
  }
}

/** Bytes of nearly every environment. */
const environment = Buffer.alloc(2 ** 17);

/**
 * The processes whose environment names the folder of a run. Those that have ended, and those of other users, have none to read. This is
 * synchronous because it takes a quarter of the time so: 20 microseconds a process.
 */
function processesOf(runFolder: string): number[] {
  const mark = Buffer.from(`${markOf(runFolder)}\0`);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => environmentOf(pid).includes(mark)).map(Number);
}

/** The environment of a process, in a buffer that the next call uses, too; empty if it cannot be read. */
function environmentOf(pid: string): Buffer {
  const path = `/proc/${pid}/environ`;
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = readSync(file, environment, 0, environment.length, 0);
    return bytes < environment.length ? environment.subarray(0, bytes) : readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended, or is another user's.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
