import { ConfigError } from '../core/errors.ts';
import { stateFolder } from '../files/state-folder.ts';
import { openClient } from './client-connection.ts';

/**
 * Cancels a running study and waits until its trainings have ended.
 * @throws ConfigError where no such study runs
 */
export async function cancelStudy(id: string, state: string | undefined): Promise<void> {
  const { WorkflowFailedError, WorkflowNotFoundError } = await import('@temporalio/client');
  const opened = await openClient(stateFolder(state));
  const notRunning = (why: string) => new ConfigError(`The study ${id} cannot be cancelled`, [why]);
  if (opened === undefined) throw notRunning('no Temporal server is running or configured, so no study runs');
  try {
    const handle = opened.client.workflow.getHandle(id);
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') throw notRunning(`it is not running: ${status.name.toLowerCase()}`);
    await handle.cancel();
    await handle.result();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw notRunning('the server knows no study of this id');
    if (!(error instanceof WorkflowFailedError)) throw error;
    process.stderr.write(`Cancelled. What is finished stays, and a start goes on from there.\n`);
  } finally {
    await opened.close();
  }
}
