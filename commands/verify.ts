import type { Command } from 'commander';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noSuchStudy } from '../control/look-up.ts';
import { exitCodes, Interrupted } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { openExport, type OpenedExport } from '../lib/exports/open-export.ts';
import { verifyStudy } from '../lib/exports/verification/verify-study.ts';
import { verificationInWords } from '../lib/exports/verification/words.ts';
import { ensureNativeParts, ProgressLines } from '../lib/native/index.ts';
import { tensorflowTrainer } from '../lib/runs/trainer.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import type { MetricName } from '../lib/results/metric.ts';
import { openStore } from '../lib/store/open-store.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { trainingDevices, type WorkerOptions } from '../runtime/devices.ts';
import { Interruption } from './interruption.ts';
import { metricOption } from './options/metric-option.ts';
import { nonNegativeInteger } from './options/option-parsers.ts';
import { withStateOptions } from './options/state-option.ts';
import type { StudiesOptions } from './studies/open-studies.ts';
import { addWorkerOptions } from './options/worker-options.ts';
import { print, printJson, say, type Colours } from './terminal/print.ts';

type VerifyOptions = {
  runs: number;
  seed: number;
  runTrainer: boolean;
  metric?: MetricName;
  json: boolean;
} & StudiesOptions &
  WorkerOptions;

const colours: Colours = [
  [/^nothing contradicts this study/m, 'green'],
  [/^(NOT PROVED|OUT OF DATE|A REHEARSAL|not verified)(?=:)/gm, 'yellow'],
  [/^(CONTRADICTED(?=:)|\S.*: \d+ wrong$)/gm, 'red'],
];

/** `verify`: checks whether anything contradicts a study, or an exported one. */
export function register(program: Command): void {
  const command = program
    .command('verify')
    .argument('<study>', 'id of a study, or file of an exported study')
    .description('derive a study again from its config and records, and retrain some of its runs to compare')
    .option('--runs <n>', 'number of recorded runs to retrain, drawn at random', nonNegativeInteger, 3)
    .option('--seed <n>', 'seed of the draw', nonNegativeInteger, 0)
    .option(
      '--run-trainer',
      'retrain runs of an exported study with the program that it contains, which runs with your rights on this machine',
      false,
    )
    .addOption(metricOption('errors that must follow from the predictions of every run'))
    .option('--json', 'print the outcome as JSON', false)
    .addHelpText(
      'after',
      `
The exit code is 0 if nothing contradicts the study and at least one retrained run gave the same result (or --runs is 0), otherwise 1,
including for a rehearsal, or if no run could be retrained here. If the trainer of a study is not deterministic, results are never
the same: an error that the spread of its replicates explains counts instead.`,
    );
  addWorkerOptions(withStateOptions(command)).action(async (study: string, options: VerifyOptions) => {
    process.exitCode = await verify(study, options);
  });
}

/**
 * Verifies a study, or an exported one, and prints the outcome; returns the exit code.
 * @throws ConfigError if there is no such study, ArtifactError if the file is not an exported study
 */
async function verify(study: string, options: VerifyOptions): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'beyond-imagenet-verify-'));
  const interruption = new Interruption();
  const { signal } = interruption;
  try {
    const { store, studyId, opened } = await openStudy(study, options);
    const isDeviceNamed = options.gpus !== undefined || options.threads !== undefined;
    const verification = await verifyStudy(store, studyId, {
      ...{ opened, signal, scratch, runs: options.runs, seed: options.seed, dataRoot: options.dataRoot },
      mayRunTrainer: options.runTrainer,
      metric: options.metric,
      work: stateFolder(options.state).work,
      device: isDeviceNamed ? trainingDevices({ ...options, slots: 1 })[0] : undefined,
      trainer: tensorflowTrainer,
      onBeforeTraining: () =>
        ensureNativeParts({ parts: ['tensorflow'], onProgress: new ProgressLines().update, signal }),
      say,
    });
    if (options.json) printJson(verification);
    else print(verificationInWords(verification).trimEnd(), colours);
    return verification.verdict === 'confirmed' ? exitCodes.success : exitCodes.failure;
  } catch (error) {
    if (signal.aborted) throw new Interrupted('The verification was interrupted.');
    throw error;
  } finally {
    interruption.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Study {
  store: ArtifactStore;
  studyId: string;
  opened?: OpenedExport;
}

async function openStudy(study: string, options: StudiesOptions): Promise<Study> {
  if (await isFile(study)) {
    const opened = await openExport(study);
    return { store: opened.store, studyId: opened.index.study, opened };
  }
  const store = openStore(options.store, stateFolder(options.state));
  if ((await new StudyDocuments(store, study).findConfig()) === undefined) throw await noSuchStudy(store, study);
  return { store, studyId: study };
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
