import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { makeFolder } from '../../lib/core/files/make-folder.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';
import { decodingEnvironment } from '../../lib/datasets/images/decoding-threads.ts';
import { rotateLog } from '../log-file.ts';
import { hostLog } from './host-log.ts';
import type { HostOptions } from './host-options.ts';

/** A host that this process has started and that outlives it. */
export interface SpawnedHost {
  /** Process id; undefined if the host could not be started. */
  pid: number | undefined;
  /** Returns how it ended; undefined if it has not. */
  ended: () => string | undefined;
}

/** Starts a host for a state folder in a separate process. */
export async function spawnHost(state: StateFolder, options: HostOptions): Promise<SpawnedHost> {
  await makeFolder(state.root);
  await rotateLog(hostLog(state));
  // If the process crashes, Node's own message is written there, too.
  const output = await open(hostLog(state), 'a');
  const host = spawn(process.execPath, [...process.execArgv, process.argv[1]!, 'host', JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { ...process.env, ...decodingEnvironment() },
  });
  let ended: string | undefined;
  host.once('error', (error) => (ended = error.message));
  host.once('exit', (code, signal) => (ended = signal ?? `exit code ${code}`));
  host.unref();
  await output.close();
  return { pid: host.pid, ended: () => ended };
}
