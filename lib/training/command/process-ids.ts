import { readFileSync } from 'node:fs';

/** Processes and threads that this machine has started so far; NaN if that is not known. */
export function startedSoFar(): number {
  return Number(/^processes (\d+)$/m.exec(read('/proc/stat'))?.[1] ?? NaN);
}

/** Processes that may be started while the answer is used. */
const margin = 1000;

/**
 * Whether all processes that a process has started, and those that these have started, have larger ids than it. The kernel gives ids out in
 * ascending order and begins anew after the largest one (`alloc_pid` in kernel/pid.c), which needs so many processes.
 * @param before `startedSoFar` before the process was started
 */
export function hasLargerDescendants(pid: number, before: number): boolean {
  const largest = Number(read('/proc/sys/kernel/pid_max'));
  return startedSoFar() - before < largest - pid - margin;
}

/** A file of the kernel's; empty if it cannot be read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
