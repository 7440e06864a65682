import { withLock } from '../files/lock.ts';
import { makeFolder } from '../files/make-folder.ts';

/**
 * Works in the folder of a run on this machine, in which its checkpoints survive from one attempt to the next. Only one training
 * of a run works in it at a time, also where several studies, workers or commands of the machine have the same run: others wait.
 */
export function withRunFolder<Result>(
  folder: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  return withLock(folder, { signal }, async () => {
    await makeFolder(folder);
    return work();
  });
}
