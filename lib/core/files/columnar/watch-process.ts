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

/**
 * Reads utime, stime and rss from `/proc/PID/stat` (proc(5)), in which fields are counted after the name. Undefined if there is no such
 * process.
 */
async function usedBy(pid: number): Promise<ProcessUse | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text
    ?.slice(text.lastIndexOf(') ') + 2)
    .split(' ')
    .map(Number);
  if (fields === undefined) return undefined;
  // The units are hundredths of a second, and pages of 4 KiB.
  return { seconds: (fields[11]! + fields[12]!) / 100, megabytes: fields[21]! / 256 };
}
