import { join, resolve } from 'node:path';
import { keepLock, staleLock } from './lock.ts';

/** Paths of the state of studies on this machine. */
export interface StateFolder {
  /** Absolute path. */
  root: string;
  /** Database and log of the local Temporal server. */
  temporal: string;
  /** The artifact store: the results of every study, and the artifacts they are computed from. */
  store: string;
  /** Prepared datasets and checkpoints of unfinished runs; can be recreated. */
  work: string;
}

/** Returns the state folder of a command: `--state`, else BEYOND_IMAGENET_STATE, else `.beyond-imagenet` in the working directory. */
export function stateFolder(option: string | undefined, env: NodeJS.ProcessEnv = process.env): StateFolder {
  const root = resolve(option ?? (env['BEYOND_IMAGENET_STATE'] || '.beyond-imagenet'));
  return { root, temporal: join(root, 'temporal'), store: join(root, 'store'), work: join(root, 'work') };
}

/**
 * Reserves the folder for this process, its server and its workers. Returns a function that releases it, or undefined if another process
 * has it and holds it for longer than a killed process's lock would last.
 * @param onLost called if the lock was lost, e.g. because the machine slept, and another process has taken it
 */
export function holdStateFolder(
  { root }: StateFolder,
  onLost: (reason: Error) => void,
): Promise<(() => Promise<void>) | undefined> {
  return keepLock(join(root, 'state'), { patience: staleLock + 1000, onLost });
}
