import { withLock } from '../core/files/lock.ts';
import { makeFolder } from '../core/files/make-folder.ts';

/**
 * Runs work in the folder of a run on this machine, in which its checkpoints survive from one attempt to the next. Only one training
 * uses the folder at a time, even if several studies, workers or commands on the machine have the same run: the others wait.
 * @param work gets a signal that aborts with the caller's, and if the folder is lost to another process
 * @throws LockLostError if it was
 */
export function withRunFolder<Result>(
  folder: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return withLock(folder, { signal }, async (held) => {
    await makeFolder(folder);
    return work(held);
  });
}
