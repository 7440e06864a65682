import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resources that a process uses. */
export interface ProcessUse {
  /** Processor time since watching began: a busy machine does not add to it. */
  seconds: number;
  /** MiB of memory in use at present. */
  megabytes: number;
}

/** Milliseconds between two checks. */
const pause = 100;

/** Reports the resources of a process until the signal aborts or the process ends. */
export async function watchProcess(pid: number, signal: AbortSignal, onUse: (use: ProcessUse) => void): Promise<void> {
  const before = await usedBy(pid);
  for (let now = before; before !== undefined && now !== undefined && !signal.aborted; now = await usedBy(pid)) {
    onUse({ ...now, seconds: now.seconds - before.seconds });
    await sleep(pause, undefined, { ref: false });
  }
}

/** Reads `/proc/PID/stat`, in which fields are counted after the name, and `/proc/PID/status` (proc(5)). Undefined if there is no such process. */
async function usedBy(pid: number): Promise<ProcessUse | undefined> {
  const [stat, status] = await Promise.all(
    ['stat', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => undefined)),
  );
  if (stat === undefined || status === undefined) return undefined;
  const [userTime, systemTime] = stat
    .slice(stat.lastIndexOf(') ') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  // Times are in hundredths of a second. A process that has ended and is not yet waited for has no memory.
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  return { seconds: (userTime! + systemTime!) / 100, megabytes: kilobytes / 1024 };
}
