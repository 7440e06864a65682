import { openDirectoryStore } from '../store/directory-store.ts';
import { StudyDocuments } from '../store/study-documents.ts';
import { ConfigError, exitCodes } from '../core/errors.ts';
import { readSubmission, type ConfigSource } from './config-source.ts';
import { printResults } from './print-results.ts';
import { startStudyWorkflow, submitStudy, type Submission } from '../control/submission.ts';
import type { WorkerOptions } from '../runtime/devices.ts';
import { configuredTarget } from '../control/temporal-target.ts';
import { openEnvironment } from '../runtime/environment.ts';
import { followStudy } from './follow-study.ts';
import { Interruption } from './interruption.ts';
import { stateFolder } from '../files/state-folder.ts';
import { Teardown } from '../runtime/teardown.ts';

export interface StartOptions extends ConfigSource, WorkerOptions {
  detach: boolean;
  state?: string;
  json: boolean;
}

/**
 * The `start` command: sets everything up, runs the study or goes on with it, shows its progress and results, and leaves nothing
 * running. Returns the exit code.
 */
export async function start(options: StartOptions): Promise<number> {
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const submission = await readSubmission(options);
  const state = stateFolder(options.state);
  const store = openDirectoryStore(state.store);
  await submitStudy(store, submission);
  if ((await new StudyDocuments(store, submission.id).findOutcome()) !== undefined) {
    say(`The study ${submission.id} is finished already.`);
    await printResults(store, submission.id, options);
    return 0;
  }
  if (options.detach) return detach(submission, say);

  const teardown = new Teardown();
  const force = () => teardown.force();
  const interruption = new Interruption(force);
  // Whatever this process may die of, but SIGKILL.
  process.once('exit', force);
  try {
    const environment = await openEnvironment({
      state,
      store,
      worker: options,
      signal: interruption.signal,
      say,
      teardown,
    });
    const followed = await followStudy({ environment, submission, interruption, say, teardown });
    if (followed.how === 'interrupted') return exitCodes.interrupted;
    if (followed.how === 'failed') {
      say(`The study ${submission.id} failed: ${followed.failure}`);
      return 1;
    }
    await printResults(store, submission.id, options);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    if (interruption.signal.aborted) say('Stopping ...');
    await teardown.run();
    interruption.dispose();
    if (interruption.signal.aborted) say(`Stopped. The same command goes on with the study ${submission.id}.`);
  }
}

/** Hands a submitted study to a configured server, whose workers are elsewhere. */
async function detach(submission: Submission, say: (text: string) => void): Promise<number> {
  const target = await configuredTarget();
  if (target === undefined)
    throw new ConfigError('--detach needs a Temporal server that goes on without this process', [
      'set TEMPORAL_ADDRESS, or a profile with an address',
    ]);
  const { Client, Connection } = await import('@temporalio/client');
  const connection = await Connection.connect(target.connectionOptions);
  try {
    await startStudyWorkflow(new Client({ connection, namespace: target.namespace }), submission);
    say(
      `The study ${submission.id} runs on ${target.connectionOptions.address}: status ${submission.id} tells how it stands.`,
    );
    return 0;
  } finally {
    await connection.close();
  }
}
