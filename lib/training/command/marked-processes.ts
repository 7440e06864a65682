import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runVariable } from './environment.ts';

/** Returns the entry that the environment of each process of a run contains. */
export const markOf = (runFolder: string) => `${runVariable}=${runFolder}`;

/** Number of searches for processes: each one found may have started others meanwhile. */
const rounds = 50;

/**
 * Kills the processes of any attempt whose environment names the folder of a run, and waits until they are gone.
 * @param above only processes with a larger id are examined, which saves time
 * @returns the ids of processes that could not be ended, because they wait for a device or belong to another user
 */
export async function killProcessesOf(runFolder: string, above = 0): Promise<number[]> {
  for (let round = 0; ; round++) {
    const found = processesOf(runFolder, above);
    if (found.length === 0 || round === rounds) return found;
    for (const pid of found) sendTo(pid, 'SIGKILL');
    await sleep(round < 5 ? 5 : 100);
  }
}

/** Buffer large enough for nearly every environment. */
const environment = Buffer.alloc(2 ** 17);

/**
 * Finds the processes whose environment names the folder of a run. The environments of ended processes and of other users' cannot be read.
 * Synchronous reads take a quarter of the time: 20 microseconds per process.
 */
function processesOf(runFolder: string, above: number): number[] {
  const mark = Buffer.from(`${markOf(runFolder)}\0`);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) > above);
  return pids.filter((pid) => environmentOf(pid).includes(mark)).map(Number);
}

/** Reads the environment of a process into a buffer that the next call overwrites; empty if it cannot be read. */
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

/** Sends a signal to a process, or to a group by its negative id, if it exists. */
export function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // The process has ended, or belongs to another user.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
