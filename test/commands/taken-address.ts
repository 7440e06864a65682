import { expect, vi } from 'vitest';
import { runningServer } from '../../control/running-server.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { EnvironmentError } from '../../lib/core/errors.ts';
import { temporalBinary } from '../../lib/native/index.ts';
import { readDescription } from '../../runtime/host/host-description.ts';
import { portsOf, startLocalServer, type LocalServer } from '../../runtime/temporal-server.ts';

/** The host of a state folder, which must have had one. */
export const hostOf = async (state: string) => (await readDescription(stateFolder(state)))!;

/**
 * Stops the host of a state folder, and puts the server of another folder in the place of its server, before it can be started again.
 * @param onTestFinished of the test that calls this, as several may run side by side
 */
export async function takeAddress(
  state: string,
  folder: string,
  onTestFinished: (end: () => Promise<void>) => void,
): Promise<Pick<LocalServer, 'uiAddress' | 'stop'>> {
  const { pid } = await hostOf(state);
  const { temporal } = stateFolder(state);
  process.kill(pid, 'SIGSTOP');
  const server = (await runningServer(temporal))!;
  process.kill(server.pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await runningServer(temporal)).toBeUndefined());
  const other = await startLocalServer(await temporalBinary(), folder, portsOf(server)).catch((error: unknown) => {
    // A server of another test came first: the address is taken all the same.
    if (!(error instanceof EnvironmentError)) throw error;
    return undefined;
  });
  const stop = async () => other?.stop();
  onTestFinished(stop);
  return { uiAddress: server.uiAddress, stop };
}
