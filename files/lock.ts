import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { makeFolder } from './make-folder.ts';

export interface LockOptions {
  signal?: AbortSignal | undefined;
  /** Called once where another process has the lock and this one waits for it. */
  onWaiting?: (() => void) | undefined;
  /** Milliseconds after which waiting is given up; for ever where absent. */
  patience?: number;
  /**
   * Called when the lock was lost because this process did not run for a while (the machine slept) and another one took it.
   * Where it is absent, two at work at the same time cost nothing but time.
   */
  onLost?: (reason: Error) => void;
}

/** Milliseconds after which the lock of a process that was killed is free; a living one renews it every second. */
export const staleLock = 5000;

/**
 * Takes the lock of a path among all processes of this machine and those that share the file system, waiting for it.
 * @param path need not exist: the lock is `<path>.lock`
 * @returns what gives the lock back; undefined where it could not be had within `patience`
 */
export async function acquireLock(
  path: string,
  { signal, onWaiting, patience = Infinity, onLost }: LockOptions = {},
): Promise<(() => Promise<void>) | undefined> {
  await makeFolder(dirname(path));
  const deadline = Date.now() + patience;
  let release: () => Promise<void>;
  const acquire = async () => {
    release = await lock(path, {
      realpath: false,
      stale: staleLock,
      update: 1000,
      // Nobody else may have taken it meanwhile: then it is taken again.
      onCompromised: () => void acquire().catch((reason: Error) => onLost?.(reason)),
    });
  };
  for (let waiting = false; ; waiting = true) {
    signal?.throwIfAborted();
    try {
      await acquire();
      return () => release();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (Date.now() > deadline) return undefined;
    if (!waiting) onWaiting?.();
    await sleep(200, undefined, { signal });
  }
}

/** Does something while it has the lock of a path. */
export async function withLock<Result>(
  path: string,
  options: Omit<LockOptions, 'patience'>,
  during: () => Promise<Result>,
): Promise<Result> {
  const release = await acquireLock(path, options);
  try {
    return await during();
  } finally {
    await release?.();
  }
}
