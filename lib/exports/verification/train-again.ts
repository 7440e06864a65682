import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stream } from '../../core/streams.ts';
import { OperationalError } from '../../core/errors.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { readDatasetDocument, writeDatasetDocument } from '../../study/documents/dataset-document.ts';
import { openDirectoryStore } from '../../store/directory-store.ts';
import { readRunDocument, runArtifacts, writeRunDocument } from '../../study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../../study/documents/run-record.ts';
import { readTrainerFiles, storeTrainerFiles } from '../../study/documents/trainer-files.ts';
import type { Rehearsal } from '../../study/rehearsal.ts';
import type { CommandTrainer } from '../../study/trainer-config.ts';
import { deviceOf, type Device } from '../../training/device.ts';
import { compareWeights, type WeightsComparison } from '../../runs/compare-weights.ts';
import { Executors } from '../../runs/executors.ts';
import type { RunHooks } from '../../runs/run-executor.ts';
import type { Trainer } from '../../runs/trainer.ts';
import { largestDifference, placeAmong, type Replicates } from './replicates.ts';

/** Options for training runs again. */
export interface RepetitionOptions {
  /** Store of the runs' documents and, if they were kept, weights; nothing is written to it. */
  store: ArtifactStore;
  /** Digests of the weights by run key, for weights that are not in the store. */
  weights?: Readonly<Record<string, string>>;
  /** Folder on this machine with prepared datasets; missing ones are prepared there. */
  work: string;
  /** Empty folder for the repeated trainings. */
  scratch: string;
  dataRoot?: string | undefined;
  /** Device to train on; by default the kind of device and number of threads in each record. */
  device?: Device | undefined;
  trainer: Trainer;
  /** The rehearsal, if the study was one. */
  rehearsal?: Rehearsal | undefined;
  /** Trainer of the runs, if it was not this program; its files are in the store. */
  commandTrainer?: CommandTrainer | undefined;
}

/** Options for judging a new error of a trainer that is not deterministic. */
export interface ReplicateOptions {
  replicates: Replicates;
  /** Number of runs trained again. */
  comparisons: number;
}

/**
 * `same`: bit for bit. `consistent`: the trainer is not deterministic, and the error agrees with the replicates. `impossible`: the run
 * could not be trained here, or there is nothing to judge the new error by.
 */
export type Reproduction = 'same' | 'consistent' | 'different' | 'impossible';

/** The result of training a recorded run again. */
export interface RepeatedRun {
  runKey: string;
  dataset: string;
  architectureName: string;
  seed: number;
  reproduction: Reproduction;
  /** Undefined if the weights were not kept, or if the run did not finish both times. */
  weights: WeightsComparison | undefined;
  /** Top-1 errors on the test images, as recorded and as measured now. */
  top1Error: { recorded: number; now: number } | undefined;
  /** Where the new error lies among those of the replicates; only for a trainer that is not deterministic. */
  place?: string;
  /** Reasons why it is different or impossible, as far as known. */
  reasons: string[];
}

/** Draws a random sample of recorded runs, whatever their outcome, in the order of the plan. */
export function sampleRuns<Run>(runs: readonly Run[], count: number, seed: number): Run[] {
  const drawn = new Set(
    stream(seed, 'verification')
      .shuffled([...runs.keys()])
      .slice(0, count),
  );
  return runs.filter((_, index) => drawn.has(index));
}

/** Trains and tests a recorded run again, from its document and the data, and compares the result with the record. */
export async function trainAgain(
  record: RunRecord,
  options: RepetitionOptions,
  hooks: RunHooks,
  { replicates, comparisons }: ReplicateOptions = { replicates: { own: [], spread: undefined }, comparisons: 1 },
): Promise<RepeatedRun> {
  const { runKey, dataset, architectureName, seed } = record;
  const described = { runKey, dataset, architectureName, seed, weights: undefined, top1Error: undefined };
  const impossible = (reason: string): RepeatedRun => ({ ...described, reproduction: 'impossible', reasons: [reason] });
  if (options.rehearsal !== undefined && record.outcome === 'failed')
    return impossible('a simulated failure depends on how often the run was tried');
  try {
    const { now, content } = await carriedOut(record, options, hooks);
    if (now.outcome !== record.outcome)
      return { ...described, reproduction: 'different', reasons: [outcomesInWords(record, now)] };
    const top1Error =
      record.test && now.test ? { recorded: record.test.top1Error, now: now.test.top1Error } : undefined;
    if (options.commandTrainer?.deterministic === false && options.rehearsal === undefined)
      return { ...described, top1Error, ...judged(top1Error, replicates, comparisons, record.test?.images ?? 1) };
    const path = runArtifacts(runKey).weights;
    const stored = { content: await options.store.get(path), path, digest: options.weights?.[runKey] };
    const weights = content && compareWeights(stored, content);
    const differing = weights?.isEqual === false ? ['weights'] : [];
    for (const field of ['test', 'validation', 'predictions', 'curve'] as const)
      if (!isDeepStrictEqual(measured(now)[field], measured(record)[field])) differing.push(field);
    const isSame = differing.length === 0;
    return {
      ...described,
      reproduction: isSame ? 'same' : 'different',
      weights,
      top1Error,
      reasons: isSame
        ? []
        : [`${differing.join(' and ')} came out differently`, ...reasonsFor(record, now, weights?.isEqual === true)],
    };
  } catch (error) {
    if (!(error instanceof OperationalError) || error.category === 'interruption') throw error;
    return impossible(error.message);
  }
}

/** Judges whether the spread of the replicates explains a new error, and where it lies among theirs. */
function judged(
  top1Error: RepeatedRun['top1Error'],
  replicates: Replicates,
  comparisons: number,
  images: number,
): Pick<RepeatedRun, 'reproduction' | 'place' | 'reasons'> {
  if (top1Error === undefined) return { reproduction: 'consistent', reasons: [] };
  const { recorded, now } = top1Error;
  const place = placeAmong(now, replicates);
  const { spread } = replicates;
  if (spread === undefined)
    return {
      reproduction: 'impossible',
      place,
      reasons: ['the study trains each network once, so that nothing says how much the errors of its trainer vary'],
    };
  const allowed = largestDifference(spread, comparisons, images);
  const isConsistent = Math.abs(now - recorded) <= allowed;
  return {
    reproduction: isConsistent ? 'consistent' : 'different',
    place,
    reasons: isConsistent
      ? []
      : [
          `the errors differ by ${percentagePoints(Math.abs(now - recorded))}, and replicates of a network by a standard deviation of ${percentagePoints(spread.deviation)}, which explains ${percentagePoints(allowed)}`,
        ],
  };
}

const percentagePoints = (share: number) => `${(100 * share).toFixed(2)} points`;

/** Returns the measurements in a run's record, without those that depend on the clock or that only its trainer understands. */
const measured = ({ test, validation, predictions, curve }: RunRecord) => ({
  test,
  validation,
  predictions,
  curve: curve.map((epoch) => ({ ...epoch, imagesPerSecond: undefined, metrics: undefined })),
});

/** Carries out a run in a store of its own; returns its new record and, if it finished, its weights. */
async function carriedOut(
  { runKey, studyId, dataset, architectureName, datasetDigest, versions, predictions: hadPredictions }: RunRecord,
  options: RepetitionOptions,
  hooks: RunHooks,
): Promise<{ now: RunRecord; content: Buffer | undefined }> {
  const scratch = openDirectoryStore(join(options.scratch, 'store'));
  await writeDatasetDocument(scratch, await readDatasetDocument(options.store, datasetDigest));
  await writeRunDocument(scratch, await readRunDocument(options.store, runKey));
  if (options.commandTrainer !== undefined) {
    const files = await readTrainerFiles(options.store, options.commandTrainer);
    await storeTrainerFiles(
      scratch,
      files.map(({ content }) => content),
    );
  }
  const device = options.device ?? deviceOf(versions['device'] ?? '') ?? { kind: 'cpu', threads: 1 };
  const executors = new Executors({ ...options, store: scratch, devices: [device] });
  // A rehearsal takes no time here, and its attempts do not fail.
  const executor = executors.executor(options.rehearsal && { ...options.rehearsal, secondsPerRun: 0, failureRate: 0 });
  const retain = 'weights' as const;
  const predictions = hadPredictions !== undefined;
  const request = { runKey, studyId, dataset, architectureName, tensorBoard: false, predictions, retain };
  if ((await executor.train(request, hooks)) === 'diverged')
    return { now: (await readRunRecord(scratch, runKey))!, content: undefined };
  hooks.signal.throwIfAborted();
  const now = await executor.evaluate(request, hooks);
  return { now, content: await scratch.get(runArtifacts(runKey).weights) };
}

function outcomesInWords(record: RunRecord, now: RunRecord): string {
  const words = ({ outcome, test, failure }: RunRecord) =>
    test === null
      ? `${outcome}${failure === null ? '' : ` (${failure.message})`}`
      : `finished with an error of ${(100 * test.top1Error).toFixed(2)} %`;
  return `the record says that it ${words(record)}; this time it ${words(now)}`;
}

/** Explains why the results of a run differ: differences between the recording machine and this one, or a change of the record. */
function reasonsFor(record: RunRecord, now: RunRecord, areWeightsEqual: boolean): string[] {
  const names = [...new Set([...Object.keys(record.versions), ...Object.keys(now.versions)])];
  const differing = names.filter((name) => record.versions[name] !== now.versions[name]);
  return differing.length > 0
    ? differing.map(
        (name) =>
          `${name} was ${record.versions[name] ?? 'not recorded'} and is ${now.versions[name] ?? 'not known'} here`,
      )
    : [
        areWeightsEqual
          ? 'the same weights give another result: the result in the record was changed'
          : 'versions and device are those of the record: the processor is of another type, or the record or the weights were changed',
      ];
}
