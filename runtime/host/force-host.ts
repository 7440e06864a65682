import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverFiles } from '../../control/running-server.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';

/**
 * Kills the host of a state folder, everything it has started, and its server, unless another process uses them. It is synchronous because
 * the calling process is about to exit.
 */
export function forceHost({ root, temporal }: StateFolder): void {
  const own = `process-${process.pid}.json`;
  const others = attempt(() => readdirSync(join(root, 'users'))) ?? [];
  if (others.some((name) => name !== own && name.endsWith('.json'))) return;
  // The host leads a process group that contains its trainings; its server leads another.
  for (const file of [join(root, 'host.json'), join(temporal, serverFiles.description)]) {
    const pid = attempt(() => (JSON.parse(readFileSync(file, 'utf8')) as { pid?: unknown }).pid);
    if (typeof pid === 'number' && pid > 1 && isOurs(pid)) attempt(() => process.kill(-pid, 'SIGKILL'));
  }

  /** Whether a process is this program or a Temporal server, not another program that has been given its id. */
  function isOurs(pid: number): boolean {
    const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')) ?? [];
    return command.includes('host') || command.includes('start-dev');
  }
}

/** Returns the result of work; undefined if it fails. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
