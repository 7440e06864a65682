import type { Command } from 'commander';
import { configuredTarget } from '../control/temporal-target.ts';
import { clientOn, connectTo } from '../control/connection.ts';
import { isUnderWay } from '../control/status.ts';
import { Studies } from '../control/studies.ts';
import { resolveRequest } from '../control/submission-request.ts';
import { ConfigError, exitCodes, StudyError } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { trainingDevices, type WorkerOptions } from '../runtime/devices.ts';
import { openEnvironment } from '../runtime/environment.ts';
import { Teardown } from '../runtime/teardown.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { openStore } from '../lib/store/open-store.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { submitStudy, type Submission } from '../lib/study/documents/submission.ts';
import { configDocument, type ConfigSource } from './options/config-source.ts';
import { collect } from './options/option-parsers.ts';
import { withStateOptions } from './options/state-option.ts';
import { addWorkerOptions } from './options/worker-options.ts';
import { Interruption } from './interruption.ts';
import { followStudy } from './terminal/follow-study.ts';
import { printResults } from './terminal/results.ts';

interface StartOptions extends ConfigSource, WorkerOptions {
  detach: boolean;
  rehearse: boolean;
  state?: string;
  store?: string;
  json: boolean;
}

/** `start`: a study from its config to its report. */
export function register(program: Command): void {
  const command = program
    .command('start')
    .description('start a study, or continue it where it stopped; ends when the study ends')
    .option(
      '--preset <name>',
      'study that comes with the project: quickstart (default), demonstration, paper or paper-draws',
    )
    .option('--config <file>', 'study config (JSON)')
    .option('--set <field=value>', 'change a field of the study, e.g. protocol.epochs=3; may be repeated', collect, [])
    .option('--id <id>', 'name of this study (default: the name in its config)')
    .option('--detach', 'only submit the study to a configured Temporal server that has its own workers', false)
    .option('--rehearse', 'simulate data and trainings, to see the whole flow, the report and the costs', false)
    .option('--json', 'print the results as JSON', false);
  addWorkerOptions(withStateOptions(command)).action(async (options: StartOptions) => {
    process.exitCode = await start(options);
  });
}

/** Trainings at a time in a rehearsal, where nothing is really trained. */
const rehearsalSlots = 32;

const say = (text: string) => void process.stderr.write(`${text}\n`);

/**
 * The `start` command: sets everything up, runs or continues the study, shows its progress and results, and leaves nothing
 * running. Returns the exit code.
 */
async function start(options: StartOptions): Promise<number> {
  const { set, id, rehearse } = options;
  const submission = await resolveRequest({ ...(await configDocument(options)), set, id, rehearse });
  const state = stateFolder(options.state);
  const store = openStore(options.store, state);
  await submitStudy(store, submission);
  if ((await new StudyDocuments(store, submission.id).findOutcome()) !== undefined) {
    say(`The study ${submission.id} is already finished.`);
    await printResults(store, submission.id, options);
    return exitCodes.success;
  }
  if (options.detach) return detach(store, submission);

  const teardown = new Teardown();
  const force = () => teardown.force();
  const interruption = new Interruption({ force });
  const { signal } = interruption;
  // However this process dies, except by SIGKILL.
  process.once('exit', force);
  const isRehearsal = submission.config.rehearsal !== undefined;
  try {
    const environment = await openEnvironment({
      ...{ state, store, isStoreShared: options.store !== undefined },
      dataRoot: options.dataRoot,
      dataCache: options.dataCache,
      metrics: options.metrics,
      devices: trainingDevices(isRehearsal ? { slots: rehearsalSlots, gpus: [], ...options } : options),
      isRehearsal,
      signal,
      say,
      teardown,
    });
    const { connectWorkers } = await import('../runtime/worker-connection.ts');
    // Not the client's own kind of connection: if its server is gone, that one keeps retrying even after it was closed.
    const connection = await connectWorkers(environment.target);
    teardown.add('connection of the client', () => connection.close());
    const studies = new Studies({ store, client: clientOn(connection, environment.target) }, () => connection.close());
    const study = await studies.startSubmission(submission);
    say(whereToLook(submission.id, environment));
    // Starting a study that is on hold implies that the cause has been fixed.
    if ((await study.status()).state === 'held') await study.resume();

    const followed = await followStudy(study, environment, signal);
    if (followed === 'interrupted') return exitCodes.interrupted;
    if (followed.state !== 'finished')
      throw new StudyError(
        `The study ${study.id} ${isUnderWay(followed.state) ? 'is on hold' : followed.state}${followed.failure === null ? '' : `: ${followed.failure}`}`,
      );
    await printResults(store, submission.id, options);
    return exitCodes.success;
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    if (signal.aborted) say('Stopping ...');
    await teardown.run();
    interruption.dispose();
    if (signal.aborted) say(`Stopped. The same command continues the study ${submission.id}.`);
  }
}

function whereToLook(id: string, environment: Awaited<ReturnType<typeof openEnvironment>>): string {
  const { uiAddress, workedBy, target } = environment;
  const { namespace, connectionOptions } = target;
  const where =
    uiAddress === undefined
      ? `Study: ${id} in the namespace ${namespace} of ${connectionOptions.address}`
      : `Study: ${uiAddress}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}`;
  return workedBy === undefined ? where : `${where}\nProcess ${workedBy} does its work; this one only shows it.`;
}

/** Hands a submitted study to the configured server, whose workers run elsewhere. */
async function detach(store: ArtifactStore, submission: Submission): Promise<number> {
  const target = await configuredTarget();
  if (target === undefined)
    throw new ConfigError('--detach needs a Temporal server that outlives this process', [
      'set TEMPORAL_ADDRESS, or a profile with an address',
    ]);
  const { client, close } = await connectTo(target);
  const studies = new Studies({ store, client }, close);
  try {
    await studies.startSubmission(submission);
    say(
      `The study ${submission.id} runs on ${target.connectionOptions.address}: status ${submission.id} shows its progress.`,
    );
    return exitCodes.success;
  } finally {
    await studies.close();
  }
}
