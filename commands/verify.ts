import type { Command } from 'commander';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noSuchStudy } from '../control/look-up.ts';
import { exitCodes } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { ensureNativeParts, ProgressLines } from '../lib/native/index.ts';
import { checkStudy } from '../lib/report/export/check-study.ts';
import { importStudy } from '../lib/report/export/read-export.ts';
import { collectRuns } from '../lib/results/collect-results.ts';
import { checkPreparedCopies } from '../lib/runs/prepared-copies.ts';
import { tensorflowTrainer } from '../lib/runs/trainer.ts';
import { sampleRuns, verifyRun, type VerifiedRun } from '../lib/runs/verification.ts';
import { trainingDevices, type WorkerOptions } from '../runtime/devices.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { openDirectoryStore } from '../lib/store/directory-store.ts';
import { openStore } from '../lib/store/open-store.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import type { RunRecord } from '../lib/study/documents/run-record.ts';
import { Interruption } from './interruption.ts';
import { isVerified, verificationInWords, type Verification } from './terminal/verification-words.ts';
import { nonNegativeInteger } from './options/option-parsers.ts';
import { withStateOptions } from './options/state-option.ts';
import type { StudiesOptions } from './studies/open-studies.ts';
import { addWorkerOptions } from './options/worker-options.ts';
import { print, printJson, say } from './terminal/print.ts';

type VerifyOptions = { runs: number; seed: number; json: boolean } & StudiesOptions & WorkerOptions;

/** `verify`: whether anything contradicts a study, or an exported one. */
export function register(program: Command): void {
  const command = program
    .command('verify')
    .argument('<study>', 'id of a study, or file of an exported study')
    .description('recompute every statistic of a study from its records, and retrain some of its runs to compare')
    .option('--runs <n>', 'number of finished runs to retrain, drawn at random', nonNegativeInteger, 3)
    .option('--seed <n>', 'seed of the draw', nonNegativeInteger, 0)
    .option('--json', 'print the outcome as JSON', false);
  addWorkerOptions(withStateOptions(command)).action(async (study: string, options: VerifyOptions) => {
    process.exitCode = await verify(study, options);
  });
}

/**
 * Checks a study, or an exported one, and reports what agrees; returns the exit code, 1 if something does not.
 * @throws ConfigError if there is no such study, ArtifactError if the file is not an exported study
 */
async function verify(study: string, options: VerifyOptions): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'beyond-imagenet-verify-'));
  const interruption = new Interruption();
  try {
    const opened = await openStudy(study, options, scratch);
    const { store, studyId } = opened;
    say('recomputing every statistic from the records ...');
    const check = await checkStudy(store, studyId);
    const records =
      check.statistics === undefined ? [] : (await collectRuns(store, studyId)).map(({ record }) => record);
    const sample = sampleRuns(records, options.runs, options.seed);
    const work = stateFolder(options.state).work;
    const dataProblems = await checkPreparedCopies(work, new Set(sample.map(({ datasetDigest }) => datasetDigest)));
    const runs = await trainAgain(sample, { ...options, ...opened, work, scratch, signal: interruption.signal, say });
    const verification: Verification = {
      studyId,
      fileProblems: opened.problems,
      dataProblems,
      ...check,
      verified: runs,
    };
    if (options.json) printJson(verification);
    else print(verificationInWords(verification).trimEnd());
    return isVerified(verification) ? exitCodes.success : exitCodes.failure;
  } finally {
    interruption.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
}

interface OpenedStudy {
  store: ArtifactStore;
  studyId: string;
  /** Digests of weights that are not in the store. */
  weights: Readonly<Record<string, string>>;
  /** Files that are not what an exported study says; null of a study in a store. */
  problems: string[] | null;
}

async function openStudy(study: string, options: StudiesOptions, scratch: string): Promise<OpenedStudy> {
  if (await isFile(study)) {
    const store = openDirectoryStore(join(scratch, 'exported'));
    const { study: studyId, weights, problems } = await importStudy(await readFile(study), study, store);
    return { store, studyId, weights, problems };
  }
  const store = openStore(options.store, stateFolder(options.state));
  if ((await new StudyDocuments(store, study).findConfig()) === undefined) throw await noSuchStudy(store, study);
  return { store, studyId: study, weights: {}, problems: null };
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

interface Surroundings extends Omit<OpenedStudy, 'problems'>, WorkerOptions {
  work: string;
  scratch: string;
  signal: AbortSignal;
  say: (text: string) => void;
}

async function trainAgain(sample: readonly RunRecord[], surroundings: Surroundings): Promise<VerifiedRun[]> {
  const { store, studyId, work, scratch, weights, dataRoot, signal, say } = surroundings;
  const { rehearsal } = await new StudyDocuments(store, studyId).config();
  if (sample.length > 0 && rehearsal === undefined) {
    const lines = new ProgressLines();
    await ensureNativeParts({ parts: ['tensorflow'], onProgress: lines.update, signal });
  }
  const isAsked = surroundings.gpus !== undefined || surroundings.threads !== undefined;
  const device = isAsked ? trainingDevices({ ...surroundings, slots: 1 })[0] : undefined;
  const verified: VerifiedRun[] = [];
  for (const record of sample) {
    const { architectureName, dataset, seed } = record;
    say(`training ${architectureName} on ${dataset}, seed ${seed} (${verified.length + 1} of ${sample.length}) ...`);
    const options = { store, weights, work, scratch, dataRoot, device, trainer: tensorflowTrainer, rehearsal };
    verified.push(await verifyRun(record, options, { signal, onLog: say }));
  }
  return verified;
}
