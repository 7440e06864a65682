import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { runningServer } from '../../control/running-server.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { temporalBinary } from '../../lib/native/index.ts';
import { readDescription } from '../../runtime/host/host-description.ts';
import { portsOf, startLocalServer, type LocalServer } from '../../runtime/temporal-server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** The host of a state folder, which must have had one. */
export const hostOf = async (state: string) => (await readDescription(stateFolder(state)))!;

/** Stops the host of a state folder, and puts the server of another folder in the place of its server, before it can be started again. */
export async function takeAddress(state: string): Promise<LocalServer> {
  const { pid } = await hostOf(state);
  const { temporal } = stateFolder(state);
  process.kill(pid, 'SIGSTOP');
  const server = (await runningServer(temporal))!;
  process.kill(server.pid, 'SIGKILL');
  await expect.poll(() => runningServer(temporal)).toBeUndefined();
  const other = await startLocalServer(await temporalBinary(), join(await temporaryFolder(), 'other'), portsOf(server));
  onTestFinished(() => other.stop());
  return other;
}
