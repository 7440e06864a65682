import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a process uses. */
export interface ProcessUse {
  /** Of processor time, since it has been watched: a busy machine does not add to it. */
  seconds: number;
  /** MiB of memory that it has at present. */
  megabytes: number;
}

/** Milliseconds between two looks. */
const pause = 100;

/** Looks at a process until the signal is aborted, or the process has ended. */
export async function watchProcess(pid: number, signal: AbortSignal, onUse: (use: ProcessUse) => void): Promise<void> {
  const before = await usedBy(pid);
  for (let now = before; before !== undefined && now !== undefined && !signal.aborted; now = await usedBy(pid)) {
    onUse({ ...now, seconds: now.seconds - before.seconds });
    await sleep(pause, undefined, { ref: false });
  }
}

/** Fields of `/proc/PID/stat` behind the name (proc(5)): utime, stime and rss. Undefined if there is no such process. */
async function usedBy(pid: number): Promise<ProcessUse | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text
    ?.slice(text.lastIndexOf(') ') + 2)
    .split(' ')
    .map(Number);
  if (fields === undefined) return undefined;
  // In hundredths of a second, and pages of 4 KiB.
  return { seconds: (fields[11]! + fields[12]!) / 100, megabytes: fields[21]! / 256 };
}
