import { isDeepStrictEqual } from 'node:util';
import { OperationalError } from '../../core/errors.ts';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import { describeRun } from '../../runs/run-executor.ts';
import { planRuns, type StudyRun } from '../../runs/plan-runs.ts';
import { simulatedEngine } from '../../runs/simulated-trainer.ts';
import { requestsAtOnce, type ArtifactStore } from '../../store/artifact-store.ts';
import type { StudyConfig } from '../../study/config.ts';
import { readRunDocument, runArtifacts, runKeyOf } from '../../study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../../study/documents/run-record.ts';
import { StudyDocuments, type PlannedRun } from '../../study/documents/study-documents.ts';
import { datasetLabels } from '../../study/plan.ts';
import { isSettings, trainerEngine, type CommandTrainer } from '../../study/trainer-config.ts';
import type { TrainingProtocol } from '../../training/protocol.ts';
import { learningRate } from '../../training/schedule.ts';
import { newCheck, type Check } from './check.ts';
import type { Design } from './design.ts';

/** A planned run that has a record. */
export interface RecordedRun {
  runKey: string;
  dataset: string;
  architectureName: string;
  outcome: RunRecord['outcome'];
  /** Null if it did not finish. */
  top1Error: number | null;
}

export interface CheckedRuns {
  checks: Check[];
  planned: number;
  /** In the order of the plan. */
  recorded: RecordedRun[];
  /** Number of runs of each engine. */
  engines: ReadonlyMap<string, number>;
}

/**
 * Derives the plan of a study again and compares it with the stored one and with the records, run by run: keys, architectures, data,
 * protocols, seeds, complexities, and the consistency of results.
 */
export async function checkRuns(
  store: ArtifactStore,
  studyId: string,
  config: StudyConfig,
  { population, manifests }: Design,
  signal?: AbortSignal,
): Promise<CheckedRuns> {
  const plan = newCheck('plan', 'every run follows from the architectures, the datasets, the protocol and the seeds');
  const records = newCheck('records', '');
  const engines = new Map<string, number>();
  const recorded: RecordedRun[] = [];
  let planned = 0;
  const documents = new StudyDocuments(store, studyId);
  const seen = new Set<string>();
  const trainersEngine = trainerEngine(config);
  for (const label of datasetLabels(config)) {
    const manifest = manifests.get(label);
    const stored = await attempted(plan, () => documents.plan(label));
    if (stored === undefined || manifest === undefined) continue;
    // The built-in engine cannot be derived; it is filled in run by run.
    const derived = planRuns({
      config,
      population,
      label,
      datasetDigest: manifest.digest,
      engine: trainersEngine ?? '',
    });
    planned += derived.length;
    compareNames(label, stored, derived, plan);
    for (let start = 0; start < derived.length; start += requestsAtOnce) {
      signal?.throwIfAborted();
      const part = derived.slice(start, start + requestsAtOnce);
      const found = await Promise.all(
        part.map(async (run, index) => {
          const entry = stored[start + index];
          if (entry === undefined) return undefined;
          const isRecorded = await store.has(runArtifacts(entry.runKey).record);
          const record = isRecorded ? await attempted(records, () => readRunRecord(store, entry.runKey)) : undefined;
          const document = isRecorded
            ? await attempted(records, () => readRunDocument(store, entry.runKey))
            : undefined;
          return { run, entry, record, isRecorded, engine: document?.engine ?? record?.versions['engine'] };
        }),
      );
      for (const { run, entry, record, isRecorded, engine } of found.filter((each) => each !== undefined)) {
        const called = `${run.name} on ${label}`;
        // The engine of a run without a record is one of the others'.
        const candidates =
          trainersEngine !== undefined ? [trainersEngine] : engine === undefined ? [...engines.keys()] : [engine];
        const keys = candidates.map((name) => runKeyOf({ ...run.document, engine: name }));
        if (candidates.length > 0 && !keys.includes(entry.runKey))
          plan.problems.push(`${called} must have the key ${keys[0]}, got ${entry.runKey}`);
        if (seen.has(entry.runKey)) plan.problems.push(`${called} is planned twice: ${entry.runKey}`);
        seen.add(entry.runKey);
        if (!isRecorded) records.problems.push(`${called} is planned, but has no record`);
        if (record === undefined) continue;
        if (engine !== undefined) engines.set(engine, (engines.get(engine) ?? 0) + 1);
        const problems = recordProblems(record, run, { label, studyId, manifest, engine, trainer: config.trainer });
        records.problems.push(...problems.map((problem) => `${called}: ${problem}`));
        recorded.push({
          runKey: entry.runKey,
          dataset: label,
          architectureName: run.architectureName,
          outcome: record.outcome,
          top1Error: record.test?.top1Error ?? null,
        });
      }
    }
  }
  for (const engine of trainersEngine === undefined ? engines.keys() : [])
    if ((engine === simulatedEngine) !== (config.rehearsal !== undefined))
      plan.problems.push(
        `the engine ${engine} is ${engine === simulatedEngine ? 'that of a rehearsal, and the config is of a study' : 'real, and the config is of a rehearsal'}`,
      );
  if (trainersEngine !== undefined)
    plan.shown =
      'every run follows from the networks, the datasets, the settings, the seeds and the files of the trainer';
  records.shown = `${recorded.length} of ${planned}, each of the run that its key identifies${config.population.source === 'list' ? '' : ', with the complexity of its network'}`;
  return { checks: [plan, records], planned, recorded, engines };
}

/** Compares the names of a stored plan with those of the derived one. */
function compareNames(label: string, stored: readonly PlannedRun[], derived: readonly StudyRun[], check: Check): void {
  if (stored.length !== derived.length)
    check.problems.push(`the plan of ${label} must have ${derived.length} runs, got ${stored.length}`);
  for (const [index, { name, architectureName }] of derived.entries()) {
    const own = stored[index];
    if (own !== undefined && (own.name !== name || own.architectureName !== architectureName))
      check.problems.push(`the plan of ${label}: run ${index + 1} must be ${name}, got ${JSON.stringify(own.name)}`);
  }
}

interface Expected {
  label: string;
  studyId: string;
  manifest: DatasetManifest;
  engine: string | undefined;
  /** Trainer of the study; undefined for the built-in one. */
  trainer: CommandTrainer | undefined;
}

/** Returns contradictions of a record to its plan or to itself. */
function recordProblems(
  record: RunRecord,
  run: StudyRun,
  { label, studyId, manifest, engine, trainer }: Expected,
): string[] {
  const problems: string[] = [];
  const expect = (field: string, expected: unknown, found: unknown) => {
    if (!isDeepStrictEqual(expected, found))
      problems.push(`${field} must be ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`);
  };
  const { outcome, failure, test, validation, curve, versions, protocol } = record;
  const isOwn = record.studyId === studyId;
  const { architectureName, document } = run;
  const { studyId: otherId, dataset: otherLabel, architectureName: otherName } = record;
  const names = isOwn
    ? { studyId, dataset: label, architectureName }
    : { studyId: otherId, dataset: otherLabel, architectureName: otherName };
  const derived = describeRun(
    { ...names, runKey: record.runKey, tensorBoard: false, retain: 'records' },
    document,
    manifest,
  );
  for (const [field, value] of Object.entries(derived)) expect(field, value, record[field as keyof RunRecord]);
  expect('versions.engine', engine, versions['engine']);
  const isFinished = outcome === 'finished';
  if (isFinished !== (test !== null))
    problems.push(`test must be ${isFinished ? 'present' : 'null'} if outcome is ${outcome}`);
  if (isFinished !== (failure === null))
    problems.push(`failure must be ${isFinished ? 'null' : 'present'} if outcome is ${outcome}`);
  if (failure !== null && (failure.category === 'divergence') !== (outcome === 'diverged'))
    problems.push(`failure.category must not be ${failure.category} if outcome is ${outcome}`);
  const { images: validationImages } = manifest.splits.validation;
  for (const [field, metrics, images] of [
    ['test', test, manifest.splits.test.images],
    ['validation', validation, validationImages],
  ] as const) {
    const mayLack = trainer !== undefined && field === 'validation' && metrics === null;
    if (isFinished && !mayLack) expect(`whether ${field} is present`, images > 0, metrics !== null);
    if (metrics === null) continue;
    expect(`${field}.images`, images, metrics.images);
    for (const error of ['top1Error', 'top5Error'] as const)
      if (metrics[error] !== null && !isShareOf(metrics[error], images))
        problems.push(`${field}.${error} must be a number of errors among ${images} images, got ${metrics[error]}`);
    if (metrics.top5Error !== null && metrics.top5Error > metrics.top1Error)
      problems.push(`${field}.top5Error must be at most top1Error, got ${metrics.top5Error}`);
  }
  for (const [index, { epoch }] of curve.entries()) expect(`curve[${index}].epoch`, index + 1, epoch);
  // A command trainer is free in its number of epochs, its learning rate, and what it measures after each epoch.
  if (trainer === undefined && !isSettings(protocol))
    problems.push(...curveProblems(record, protocol, validationImages));
  return problems;
}

/** Returns contradictions of a built-in engine's curve to the protocol. */
function curveProblems({ outcome, curve }: RunRecord, protocol: TrainingProtocol, validationImages: number): string[] {
  const problems: string[] = [];
  if (outcome === 'finished' && curve.length !== protocol.epochs)
    problems.push(`the number of epochs of the curve must be ${protocol.epochs}, got ${curve.length}`);
  for (const [index, { learningRate: recorded, validationTop1Error }] of curve.entries()) {
    const rate = learningRate(protocol, index, 0, 1);
    if (recorded === null || Math.abs(rate - recorded) > 1e-6 * Math.max(rate, recorded))
      problems.push(`curve[${index}].learningRate must be ${rate}, got ${recorded}`);
    if (validationImages > 0 !== (validationTop1Error !== null))
      problems.push(
        `whether curve[${index}].validationTop1Error is present must be ${validationImages > 0}, got ${validationTop1Error !== null}`,
      );
  }
  return problems;
}

const isShareOf = (share: number, images: number) => Math.abs(share * images - Math.round(share * images)) < 1e-3;

/** Returns the result of reading; if it fails, adds a problem and returns undefined. */
async function attempted<Result>(check: Check, read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    check.problems.push(error.message);
    return undefined;
  }
}
