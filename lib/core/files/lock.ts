import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { makeFolder } from './make-folder.ts';

export interface LockOptions {
  signal?: AbortSignal | undefined;
  /** Called once if another process has the lock and this one waits for it. */
  onWaiting?: (() => void) | undefined;
  /** Milliseconds after which waiting is given up; waits forever if absent. */
  patience?: number;
  /**
   * Called when the lock was lost because this process did not run for a while (the machine slept) and another one took it.
   * May be absent only if two processes that work at the same time do no harm except wasting time.
   */
  onLost?: (reason: Error) => void;
}

/** Milliseconds after which the lock of a killed process is free; a living process renews it every second. */
export const staleLock = 5000;

/**
 * Waits for the lock of a path and takes it, among all processes of this machine and of others that share the file system.
 * @param path need not exist: the lock is `<path>.lock`
 * @returns a function that releases the lock; undefined if the lock did not become free within `patience`
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
      // If no other process has taken it meanwhile, it is taken again.
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

/** Runs an action while holding the lock of a path. */
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
