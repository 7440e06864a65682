import type { Command } from 'commander';
import { connectTo } from '../control/connection.ts';
import { Studies } from '../control/studies.ts';
import { serverOf } from '../control/study-server.ts';
import { resolveRequest } from '../control/submission-request.ts';
import { configuredTarget, type TemporalTarget } from '../control/temporal-target.ts';
import { exitCodes } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { openStore } from '../lib/store/open-store.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { submitStudy, type Submission } from '../lib/study/documents/submission.ts';
import { configDocument, type ConfigSource } from './options/config-source.ts';
import { collect } from './options/option-parsers.ts';
import { withStateOptions } from './options/state-option.ts';
import { addWorkerOptions } from './options/worker-options.ts';
import { carryOut, type CarryOutOptions } from './studies/carry-out.ts';
import { printResults } from './studies/results.ts';
import { printJson, say } from './terminal/print.ts';

interface StartOptions extends ConfigSource, CarryOutOptions {
  rehearse: boolean;
}

/** `start`: carries out a study from its config to its report. */
export function register(program: Command): void {
  const command = program
    .command('start')
    .description('start a study, or continue it where it stopped; ends when the study ends')
    .option(
      '--preset <name>',
      'study that is included in the project: quickstart (default), demonstration, paper or paper-draws',
    )
    .option('--config <file>', 'study config (JSON)')
    .option('--set <field=value>', 'change a field of the study, e.g. protocol.epochs=3; may be repeated', collect, [])
    .option('--id <id>', 'name of this study (default: the name in its config)')
    .option(
      '--detach',
      'end as soon as the study is running; without a configured Temporal server, a background process does its work',
      false,
    )
    .option('--rehearse', 'simulate data and trainings, to show the whole course, the report and the costs', false)
    .option('--json', 'print the results as JSON', false);
  addWorkerOptions(withStateOptions(command)).action(async (options: StartOptions) => {
    process.exitCode = await start(options);
  });
}

async function start(options: StartOptions): Promise<number> {
  const { set, id, rehearse } = options;
  const submission = await resolveRequest({ ...(await configDocument(options)), set, id, rehearse });
  const state = stateFolder(options.state);
  const store = openStore(options.store, state);
  await submitStudy(store, submission);
  if ((await new StudyDocuments(store, submission.id).findOutcome()) !== undefined) {
    say(`The study ${submission.id} is already finished.`);
    await printResults(store, submission.id, options.json ? { action: 'none' } : undefined);
    return exitCodes.success;
  }
  const configured = await configuredTarget();
  if (options.detach && configured !== undefined) return detach(configured, store, submission, options.json);
  const begin = async (studies: Studies) => {
    const study = await studies.startSubmission(submission);
    // If a study on hold is started, its cause must have been fixed.
    if ((await study.status()).state === 'held') await study.resume();
    return { action: 'started' };
  };
  const { id: studyId, config } = submission;
  return carryOut(options, { command: 'start', studyId, config, begin, isChange: false });
}

/** Hands a submitted study to the configured server, whose workers run elsewhere. */
async function detach(
  target: TemporalTarget,
  store: ArtifactStore,
  submission: Submission,
  json: boolean,
): Promise<number> {
  const studies = new Studies({ store, server: serverOf(await connectTo(target)) });
  try {
    await studies.startSubmission(submission);
    say(
      `The study ${submission.id} is running on ${target.connectionOptions.address}: status ${submission.id} shows its progress.`,
    );
    if (json) printJson({ studyId: submission.id, action: 'started' });
    return exitCodes.success;
  } finally {
    await studies.close();
  }
}
