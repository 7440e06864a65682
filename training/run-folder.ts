import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/** Milliseconds after which the folder of a worker that was killed is free. */
const stale = 10_000;

/**
 * Works in the folder of a run on this machine, in which its checkpoints survive from one attempt to the next. Only one training
 * of a run works in it at a time, also where several studies, workers or commands of the machine have the same run: others wait.
 */
export async function withRunFolder<Result>(
  folder: string,
  signal: AbortSignal,
  train: () => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(folder), { recursive: true });
  const release = await acquire(folder, signal);
  try {
    await mkdir(folder, { recursive: true });
    return await train();
  } finally {
    await release();
  }
}

async function acquire(folder: string, signal: AbortSignal): Promise<() => Promise<void>> {
  for (;;) {
    signal.throwIfAborted();
    try {
      // A lock that is lost, because the machine slept, costs nothing but time: both trainings give the same.
      return await lock(folder, { lockfilePath: `${folder}.lock`, stale, realpath: false, onCompromised: () => {} });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      await sleep(500, undefined, { signal });
    }
  }
}
