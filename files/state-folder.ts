import { join, resolve } from 'node:path';
import { acquireLock, staleLock } from './lock.ts';

/** Where a study's state lives on this machine. */
export interface StateFolder {
  /** Absolute path. */
  root: string;
  /** Database and log of the local Temporal server. */
  temporal: string;
  /** The artifact store: results of every study, and what they are made from. */
  store: string;
  /** Prepared datasets, and checkpoints of runs that are not finished; can be made again. */
  work: string;
}

/** The state folder of a command: `--state`, else BEYOND_IMAGENET_STATE, else `.beyond-imagenet` where the command is run. */
export function stateFolder(option: string | undefined, env: NodeJS.ProcessEnv = process.env): StateFolder {
  const root = resolve(option ?? (env['BEYOND_IMAGENET_STATE'] || '.beyond-imagenet'));
  return { root, temporal: join(root, 'temporal'), store: join(root, 'store'), work: join(root, 'work') };
}

/**
 * Makes the folder this process' own: its server and its workers. Returns what gives it back, or undefined where another
 * process has it and goes on having it for longer than the lock of a killed one would last.
 * @param onLost called when the lock was lost, e.g. because the machine slept, and another process has taken it
 */
export function holdStateFolder(
  { root }: StateFolder,
  onLost: (reason: Error) => void,
): Promise<(() => Promise<void>) | undefined> {
  return acquireLock(join(root, 'state'), { patience: staleLock + 1000, onLost });
}
