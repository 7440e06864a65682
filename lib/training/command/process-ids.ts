import { readFileSync } from 'node:fs';

/** Returns the number of processes and threads that this machine has started so far; NaN if unknown. */
export function startedSoFar(): number {
  return Number(/^processes (\d+)$/m.exec(read('/proc/stat'))?.[1] ?? NaN);
}

/** Number of processes that may be started while the answer is used. */
const margin = 1000;

/**
 * Whether all descendants of a process have larger ids than it. The kernel assigns ids in ascending order and wraps around after the
 * largest one (`alloc_pid` in kernel/pid.c), for which enough processes must have been started.
 * @param before `startedSoFar` before the process was started
 */
export function hasLargerDescendants(pid: number, before: number): boolean {
  const largest = Number(read('/proc/sys/kernel/pid_max'));
  return startedSoFar() - before < largest - pid - margin;
}

/** Reads a file of the kernel; empty if it cannot be read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
