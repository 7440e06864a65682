import fs from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { EnvironmentError } from '../errors.ts';
import { makeFolder } from './make-folder.ts';

export interface LockOptions {
  signal?: AbortSignal | undefined;
  /** Called once if another process has the lock and this one waits for it. */
  onWaiting?: (() => void) | undefined;
  /** Milliseconds to wait at most; forever if absent. */
  patience?: number;
  /** Called if the lock is lost: this process was suspended for a while (the machine slept), and another one may have taken the lock. */
  onLost?: (reason: Error) => void;
}

/** Milliseconds after which a killed process's lock is free; a living process renews its lock every second. */
export const staleLock = 5000;

/** A process has lost its lock, so another one may be doing the same work: whatever the process did since then must not count. */
export class LockLostError extends EnvironmentError {}

/** A lock that this process has taken. */
export interface HeldLock {
  /** Whether this process still has it. */
  isHeld(): Promise<boolean>;
  /** Releases it; does nothing if it was lost. */
  release(): Promise<void>;
}

/**
 * Waits for the lock of a path and takes it. The lock excludes all processes of this machine and of others that share the file system.
 *
 * It is a folder whose modification time its process renews (proper-lockfile): this works on network file systems and needs no process that
 * hands out locks. A process that is stopped for longer than `staleLock` loses the lock and notices only once it runs again; work that two
 * processes must not do at the same time has to abort then, and check `isHeld` before its result counts: see `withLock`.
 * @param path need not exist: the lock is `<path>.lock`
 * @returns undefined if the lock did not become free within `patience`
 */
export async function takeLock(
  path: string,
  { signal, onWaiting, patience = Infinity, onLost }: LockOptions = {},
): Promise<HeldLock | undefined> {
  await makeFolder(dirname(path));
  const deadline = Date.now() + patience;
  for (let waiting = false; ; waiting = true) {
    signal?.throwIfAborted();
    try {
      return await tryLock(path, onLost);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (Date.now() > deadline) return undefined;
    if (!waiting) onWaiting?.();
    await sleep(200, undefined, { signal });
  }
}

async function tryLock(path: string, onLost: LockOptions['onLost']): Promise<HeldLock> {
  // The modification times that this process gave the lock, by which it recognizes its own: the last one, and the one before it while the
  // last is being set.
  let times: [before: number, last: number] = [NaN, NaN];
  let isLost = false;
  const { mkdir, stat: look, rmdir, rmdirSync, utimes } = fs;
  const release = await lock(path, {
    realpath: false,
    stale: staleLock,
    update: 1000,
    fs: {
      ...{ mkdir, stat: look, rmdir, rmdirSync },
      utimes: (file: string, accessed: Date, changed: Date, done: fs.NoParamCallback) => {
        times = [times[1], changed.getTime()];
        utimes(file, accessed, changed, done);
      },
    },
    onCompromised: (cause) => {
      isLost = true;
      onLost?.(lostError(path, cause));
    },
  });
  const isHeld = async () => {
    if (isLost) return false;
    try {
      const time = (await stat(`${path}.lock`)).mtime.getTime();
      // Some file systems keep whole seconds.
      return times.some((own) => own === time || (time % 1000 === 0 && Math.floor(own / 1000) * 1000 === time));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  };
  return { isHeld, release: async () => ((await isHeld()) ? release() : undefined) };
}

const lostError = (path: string, cause?: unknown) =>
  new LockLostError(
    `the lock of ${path} was lost, because this process was suspended for more than ${staleLock / 1000} seconds: another one may have taken it`,
    { cause },
  );

/**
 * Runs work while holding the lock of a path.
 * @param work gets a signal that aborts with the caller's, and as soon as the lock is known to be lost
 * @throws LockLostError if the lock was lost before the work had ended, even if the work succeeded
 */
export async function withLock<Result>(
  path: string,
  { signal, onWaiting }: Pick<LockOptions, 'signal' | 'onWaiting'>,
  work: (signal: AbortSignal, held: HeldLock) => Promise<Result>,
): Promise<Result> {
  const lost = new AbortController();
  const held = (await takeLock(path, { signal, onWaiting, onLost: (reason) => lost.abort(reason) }))!;
  const signals = signal === undefined ? [lost.signal] : [lost.signal, signal];
  try {
    const result = await work(AbortSignal.any(signals), held);
    if (await held.isHeld()) return result;
  } catch (error) {
    if (await held.isHeld()) throw error;
    throw lostError(path, error);
  } finally {
    await held.release();
  }
  throw lostError(path, lost.signal.reason);
}

/** Milliseconds between two attempts to retake a lost lock. */
const retakingInterval = 1000;

/**
 * Takes a lock for as long as this process runs. If the lock is lost and no other process has taken it, it is taken again as soon as the
 * file system allows.
 * @param onLost called if another process has taken it
 * @returns a function that releases it; undefined if the lock did not become free within `patience`
 */
export async function keepLock(
  path: string,
  { patience = Infinity, onLost }: Pick<LockOptions, 'patience' | 'onLost'> = {},
): Promise<(() => Promise<void>) | undefined> {
  const ending = new AbortController();
  let taking: Promise<HeldLock | undefined>;
  const takeAgain = (reason: Error): void => {
    taking = retake(path, takeAgain, ending.signal);
    void taking.then((again) => {
      if (again === undefined && !ending.signal.aborted) onLost?.(reason);
    });
  };
  taking = takeLock(path, { patience, onLost: takeAgain });
  if ((await taking) === undefined) return undefined;
  return async () => {
    ending.abort();
    await (await taking)?.release();
  };
}

/**
 * Takes a lock again; undefined if another process has it, or this one no longer needs it. It keeps trying after errors, which may be
 * temporary, such as a full disk.
 */
async function retake(
  path: string,
  onLost: NonNullable<LockOptions['onLost']>,
  signal: AbortSignal,
): Promise<HeldLock | undefined> {
  while (!signal.aborted)
    try {
      return await takeLock(path, { patience: 0, onLost });
    } catch {
      await sleep(retakingInterval, undefined, { signal, ref: false }).catch(() => undefined);
    }
  return undefined;
}
