import { OperationalError } from '../../core/errors.ts';
import type { MetricName } from '../../results/metric.ts';
import { checkPreparedCopies } from '../../runs/prepared-copies.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import type { StudyConfig } from '../../study/config.ts';
import { runArtifacts } from '../../study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../../study/documents/run-record.ts';
import { studyArtifacts, StudyDocuments } from '../../study/documents/study-documents.ts';
import { readTrainerFiles, trainerFileName } from '../../study/documents/trainer-files.ts';
import { datasetLabels } from '../../study/plan.ts';
import { filesOf, type CommandTrainer } from '../../study/trainer-config.ts';
import { fileProblems, type OpenedExport } from '../open-export.ts';
import { programVersion } from '../program-version.ts';
import { readmeName } from '../export-index.ts';
import { readme } from '../write-export.ts';
import { newCheck, type Check } from './check.ts';
import { checkDatasetDocuments } from './dataset-documents.ts';
import { checkDesign } from './design.ts';
import { checkFiles, fileAge } from './files.ts';
import { checkPredictions, predictionsOfAll } from './predictions.ts';
import { replicatesOf } from './replicates.ts';
import { checkRuns, type CheckedRuns } from './runs.ts';
import { sampleRuns, trainAgain, type RepeatedRun, type RepetitionOptions } from './train-again.ts';

/**
 * `unproved`: nothing contradicts the study, but it is a rehearsal, no run could be reproduced, a file could not be checked, or its files are
 * older than its records.
 */
export type StudyVerdict = 'confirmed' | 'unproved' | 'contradicted';

/** The outcome of verifying a study. */
export interface Verification {
  studyId: string;
  verdict: StudyVerdict;
  isRehearsal: boolean;
  checks: Check[];
  /** `reproduced`: to the bit; `consistent`: with the replicates, if the trainer is not deterministic. */
  runs: { planned: number; recorded: number; repeated: number; reproduced: number; consistent: number };
  repeated: RepeatedRun[];
  /** Statements that nothing in the study or in this verification can prove. */
  notVerified: string[];
}

export interface VerifyOptions extends Omit<RepetitionOptions, 'store' | 'weights' | 'rehearsal' | 'commandTrainer'> {
  /** The exported study, if the study comes from one. */
  opened?: OpenedExport | undefined;
  /** Number of recorded runs to train again, drawn at random. */
  runs: number;
  /** Seed of the draw. */
  seed: number;
  /** Whether the program that trained an exported study may be run here, with the rights of this process. */
  mayRunTrainer: boolean;
  /** Metric whose errors must follow from the predictions of every run, if any. */
  metric?: MetricName | undefined;
  signal: AbortSignal;
  /** Called before training, unless all runs are simulated. */
  onBeforeTraining?: () => Promise<void>;
  say: (line: string) => void;
}

/**
 * Verifies a study: derives everything that its config, its datasets' documents and its records determine again and compares it with
 * what is stored; then trains a sample of its runs again.
 * @throws ArtifactError if the study has no readable config
 */
export async function verifyStudy(
  store: ArtifactStore,
  studyId: string,
  options: VerifyOptions,
): Promise<Verification> {
  const { opened, signal, say } = options;
  const config = await new StudyDocuments(store, studyId).config();
  const checks: Check[] = [];
  if (opened !== undefined) {
    say('comparing every file with its checksum ...');
    checks.push({
      ...newCheck('checksums', 'every file has the one that export.json names'),
      problems: await fileProblems(opened, signal),
    });
  }
  say('deriving architectures, datasets and plan from the config ...');
  const { design, checks: ofDesign } = await checkDesign(store, studyId, config, signal);
  const found = await checkRuns(store, studyId, config, design, signal);
  checks.push(...ofDesign, ...found.checks);
  checks.push(await checkPredictions(store, found.recorded, design.manifests, options));
  if (config.trainer !== undefined) checks.push(await checkTrainer(store, config.trainer));
  if (opened !== undefined) checks.push(await checkNames(store, studyId, config, opened));
  say('computing every table, statistic and the report again ...');
  checks.push(...(await derivedFiles(store, studyId, config, checks, options)));
  const repeated = await repeat(store, config, found, options);
  const ofData = [...repeated.checks];
  // The simulated datasets of a rehearsal were checked with its design.
  if (config.rehearsal === undefined) ofData.push(await checkDatasetDocuments(options.work, design.manifests));
  return conclude(studyId, config, checks, found, repeated.runs, ofData, options);
}

/** Subject of the check that reports that the trainer of an export was not run. */
export const notRun = 'the trainer';

/** Compares the files of a trainer with the checksums in the config, which determine the engine and thus the keys of all runs. */
async function checkTrainer(store: ArtifactStore, trainer: CommandTrainer): Promise<Check> {
  const count = trainer.files.length;
  const check = newCheck(
    `trainer ${trainer.name} ${trainer.version}`,
    count === 0
      ? 'has no files of its own'
      : `its ${count === 1 ? 'file has the checksum' : `${count} files have the checksums`} from which the keys of all runs follow`,
  );
  try {
    await readTrainerFiles(store, trainer);
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    check.problems.push(error.message);
  }
  return check;
}

/** Checks the files that follow from the records; they cannot be computed if the records do not belong together. */
async function derivedFiles(
  store: ArtifactStore,
  studyId: string,
  config: StudyConfig,
  earlier: readonly Check[],
  { opened, signal }: VerifyOptions,
): Promise<Check[]> {
  try {
    const writtenBy = writerOf(opened);
    const ownReadme = opened && readme(studyId, opened.names);
    return await checkFiles(store, studyId, { config, writtenBy, readme: ownReadme, signal });
  } catch (error) {
    if (!(error instanceof OperationalError) || error.category === 'interruption') throw error;
    const check = newCheck('tables, statistics and report', '');
    const isKnown = earlier.some(({ problems }) => problems.length > 0);
    (isKnown ? check.unproved : check.problems).push(`they cannot be computed again: ${error.message}`);
    return [check];
  }
}

function writerOf(opened: OpenedExport | undefined): 'this version' | { version: string | undefined } {
  if (opened === undefined) return 'this version';
  const version = opened.index.format === 1 ? undefined : opened.index.program;
  return version === programVersion ? 'this version' : { version };
}

/** Names the files of an export that its study does not have. */
async function checkNames(
  store: ArtifactStore,
  studyId: string,
  config: StudyConfig,
  { names, index }: OpenedExport,
): Promise<Check> {
  const check = newCheck('files', 'those of the study, and no others');
  const documents = new StudyDocuments(store, studyId);
  const { dataset, plan, ...single } = studyArtifacts(studyId);
  const own = new Set<string>([readmeName, ...Object.values(single).filter((name) => typeof name === 'string')]);
  for (const { sha256 } of config.trainer === undefined ? [] : filesOf(config.trainer))
    own.add(trainerFileName(sha256));
  const runKeys = new Set<string>();
  for (const label of datasetLabels(config)) {
    own.add(dataset(label));
    own.add(`datasets/${await documents.findDatasetDigest(label)}/dataset.json`);
    const pages = await store.list(plan(label));
    pages.forEach((_, page) => own.add(studyArtifacts(studyId).planPage(label, page)));
    for (const { runKey } of await documents.plan(label).catch(() => [])) runKeys.add(runKey);
  }
  for (const runKey of runKeys) {
    const { document, record, predictions } = runArtifacts(runKey);
    own.add(document).add(record).add(predictions);
  }
  for (const { at, kind, id } of await documents.instructions()) {
    own.add(studyArtifacts(studyId).instruction({ at, kind, id }));
    for (const label of datasetLabels(config)) own.add(studyArtifacts(studyId).retriedRuns(id, label));
  }
  for (const name of names) if (!own.has(name)) check.problems.push(`${name} is not a file of the study`);
  for (const runKey of Object.keys(index.weights))
    if (!runKeys.has(runKey)) check.problems.push(`export.json has weights of ${runKey}, which is not planned`);
  return check;
}

/** Trains a sample of the recorded runs again. */
async function repeat(
  store: ArtifactStore,
  config: StudyConfig,
  { recorded }: CheckedRuns,
  options: VerifyOptions,
): Promise<{ runs: RepeatedRun[]; checks: Check[] }> {
  const { opened, signal, say, work, onBeforeTraining } = options;
  const { rehearsal, trainer } = config;
  if (
    trainer !== undefined &&
    rehearsal === undefined &&
    options.runs > 0 &&
    opened !== undefined &&
    !options.mayRunTrainer
  )
    return {
      runs: [],
      checks: [
        {
          ...newCheck(notRun, ''),
          unproved: [
            `that the trainer gives such errors: ${trainer.name} is a program in this export (${trainer.command.join(' ')}), which was not run here; --run-trainer runs it with your rights on this machine`,
          ],
        },
      ],
    };
  const records: RunRecord[] = [];
  for (const { runKey, dataset, architectureName } of sampleRuns(recorded, options.runs, options.seed))
    records.push({ ...(await readRunRecord(store, runKey))!, dataset, architectureName });
  const checks: Check[] = [];
  if (records.length > 0 && rehearsal === undefined) {
    if (trainer === undefined) await onBeforeTraining?.();
    const problems = await checkPreparedCopies(work, new Set(records.map(({ datasetDigest }) => datasetDigest)));
    if (problems.length > 0) checks.push({ ...newCheck('prepared data on this machine', ''), problems });
  }
  const weights = opened?.index.weights ?? {};
  const runs: RepeatedRun[] = [];
  for (const [index, record] of records.entries()) {
    signal.throwIfAborted();
    const { architectureName, dataset, seed } = record;
    say(`training ${architectureName} on ${dataset}, seed ${seed} (${index + 1} of ${records.length}) ...`);
    const all = { ...options, store, weights, rehearsal, commandTrainer: trainer };
    const replicates = replicatesOf(record, recorded);
    runs.push(await trainAgain(record, all, { signal, onLog: say }, { replicates, comparisons: records.length }));
  }
  return { runs, checks };
}

function conclude(
  studyId: string,
  config: StudyConfig,
  earlier: readonly Check[],
  { planned, recorded }: CheckedRuns,
  repeated: RepeatedRun[],
  ofData: readonly Check[],
  options: VerifyOptions,
): Verification {
  const checks = [...earlier, ...ofData];
  const isRehearsal = config.rehearsal !== undefined;
  const reproduced = repeated.filter(({ reproduction }) => reproduction === 'same').length;
  const consistent = repeated.filter(({ reproduction }) => reproduction === 'consistent').length;
  const isContradicted =
    checks.some(({ problems }) => problems.length > 0) ||
    repeated.some(({ reproduction }) => reproduction === 'different');
  const decisive = [...isWritten, predictionsOfAll, fileAge];
  const unchecked = checks.filter(({ subject, unproved }) => decisive.includes(subject) && unproved.length > 0);
  const isUnproved = isRehearsal || unchecked.length > 0 || (options.runs > 0 && reproduced + consistent === 0);
  const rest = recorded.length - reproduced - consistent;
  const failures = recorded.filter(({ outcome }) => outcome === 'failed').length;
  return {
    studyId,
    verdict: isContradicted ? 'contradicted' : isUnproved ? 'unproved' : 'confirmed',
    isRehearsal,
    checks,
    runs: { planned, recorded: recorded.length, repeated: repeated.length, reproduced, consistent },
    repeated,
    notVerified: [
      ...checks.flatMap(({ unproved }) => unproved),
      ...(rest > 0 && !isRehearsal
        ? [`errors, curves and weights of ${rest} of ${recorded.length} runs, which were not reproduced here`]
        : []),
      ...(consistent > 0
        ? [
            `the exact errors of the ${consistent} runs that were trained again: their trainer gives different errors each time`,
          ]
        : []),
      ...(failures > 0 ? [`the causes of the failures of ${failures} runs`] : []),
      'times, speeds and devices in the records; the description of the study, and settings that do not change its results',
    ],
  };
}

/** Subjects of checks that cannot be made if another version of the program wrote the files. */
export const isWritten: readonly string[] = ['tables', 'statistics', 'report'];
