import { join, resolve } from 'node:path';
import { keepLock, staleLock } from './lock.ts';

/** Where the state of studies is on this machine. */
export interface StateFolder {
  /** Absolute path. */
  root: string;
  /** Database and log of the local Temporal server. */
  temporal: string;
  /** The artifact store: results of every study, and the artifacts that they are computed from. */
  store: string;
  /** Prepared datasets, and checkpoints of unfinished runs; can be regenerated. */
  work: string;
}

/** The state folder of a command: `--state`, else BEYOND_IMAGENET_STATE, else `.beyond-imagenet` in the working directory. */
export function stateFolder(option: string | undefined, env: NodeJS.ProcessEnv = process.env): StateFolder {
  const root = resolve(option ?? (env['BEYOND_IMAGENET_STATE'] || '.beyond-imagenet'));
  return { root, temporal: join(root, 'temporal'), store: join(root, 'store'), work: join(root, 'work') };
}

/**
 * Reserves the folder for this process, its server and its workers. Returns a function that releases it, or undefined if another
 * process has it and keeps it for longer than the lock of a killed process would last.
 * @param onLost called when the lock was lost, e.g. because the machine slept, and another process has taken it
 */
export function holdStateFolder(
  { root }: StateFolder,
  onLost: (reason: Error) => void,
): Promise<(() => Promise<void>) | undefined> {
  return keepLock(join(root, 'state'), { patience: staleLock + 1000, onLost });
}
