import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runVariable } from './environment.ts';
import { forget, keep } from './keeper.ts';
import { killProcessesOf, markOf, sendTo } from './marked-processes.ts';
import { hasLargerDescendants, startedSoFar } from './process-ids.ts';

/** The way a process ended: one of the two fields is null. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * A trainer's command and all processes that it starts. They end with the command, and with this process even if it is killed: those of the
 * command's process group, and those that left the group but kept the environment, which names the folder of the run.
 */
export class TrainerProcesses {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #runFolder: string;
  /** Number of processes that the machine had started before. */
  readonly #before: number;
  /** Resolves when the command itself has ended; its children may still be running. */
  readonly exit: Promise<Exit>;

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>, runFolder: string, before: number) {
    this.#child = child;
    this.#before = before;
    keep(child.pid!, markOf(runFolder));
    this.#runFolder = runFolder;
    this.exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    // Emitted for a signal that cannot be sent; the next one may succeed.
    child.on('error', () => undefined);
  }

  /**
   * Starts a command in its own session, and thus its own process group.
   * @param onOutput called with each chunk of its standard output and its standard error
   * @throws Error with the code of `execve` if it cannot be started
   */
  static async start(
    [program, ...args]: readonly string[],
    { cwd, env, onOutput }: { cwd: string; env: NodeJS.ProcessEnv; onOutput: [out: OnChunk, error: OnChunk] },
  ): Promise<TrainerProcesses> {
    const before = startedSoFar();
    const child = spawn(program!, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', onOutput[0]);
    child.stderr.on('data', onOutput[1]);
    await once(child, 'spawn');
    return new TrainerProcesses(child, env[runVariable]!, before);
  }

  /** Sends a signal to the command and its group. */
  signal(signal: NodeJS.Signals): void {
    sendTo(-this.#child.pid!, signal);
  }

  /**
   * Kills the command's remaining processes, waits until they are gone, and passes on the rest of the output.
   * @returns the ids of processes that could not be ended
   */
  async end(): Promise<number[]> {
    this.signal('SIGKILL');
    const pid = this.#child.pid!;
    const left = await killProcessesOf(this.#runFolder, hasLargerDescendants(pid, this.#before) ? pid : 0);
    const outputs = [this.#child.stdout, this.#child.stderr];
    // A process that could not be ended may still hold the pipes.
    const closed = Promise.allSettled(outputs.map((output) => finished(output)));
    await Promise.race([closed, sleep(1000, undefined, { ref: false })]);
    for (const output of outputs) output.destroy();
    forget(pid);
    return left;
  }
}

type OnChunk = (chunk: Buffer) => void;
