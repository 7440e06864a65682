import { join } from 'node:path';
import { stream } from '../core/random.ts';
import { OperationalError } from '../core/errors.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readDatasetDocument, writeDatasetDocument } from '../study/documents/dataset-document.ts';
import { openDirectoryStore } from '../store/directory-store.ts';
import { readRunDocument, runArtifacts, writeRunDocument } from '../study/documents/run-document.ts';
import type { RunRecord } from '../study/documents/run-record.ts';
import type { Rehearsal } from '../study/rehearsal.ts';
import { deviceOf, type Device } from '../training/device.ts';
import { compareWeights, type WeightsComparison } from './compare-weights.ts';
import { Executors } from './executors.ts';
import type { RunHooks } from './run-executor.ts';
import type { Trainer } from './trainer.ts';

export interface VerificationOptions {
  /** Store of the runs' documents and, if they were kept, weights; nothing is written to it. */
  store: ArtifactStore;
  /** Digests of the weights by run key, for weights that are not in the store. */
  weights?: Readonly<Record<string, string>>;
  /** Folder on this machine with prepared datasets; missing ones are prepared there. */
  work: string;
  /** Empty folder for the repeated trainings. */
  scratch: string;
  dataRoot?: string | undefined;
  /** Device to train on; by default the kind of device and the number of threads in each record. */
  device?: Device | undefined;
  trainer: Trainer;
  /** The rehearsal, if the study was one. */
  rehearsal?: Rehearsal | undefined;
}

/** `same`: bit for bit. `impossible`: the run could not be trained here. */
export type Verdict = 'same' | 'different' | 'impossible';

/** The result of training a recorded run again. */
export interface VerifiedRun {
  runKey: string;
  dataset: string;
  architectureName: string;
  seed: number;
  verdict: Verdict;
  /** Undefined if the weights were not kept, or if the verdict is `impossible`. */
  weights: WeightsComparison | undefined;
  /** Top-1 errors on the test images, as recorded and as measured now. */
  top1Error: { recorded: number; now: number } | undefined;
  /** Why it is different or impossible, as far as is known. */
  reasons: string[];
}

/** A random sample of the finished runs, in the order of the records. */
export function sampleRuns(records: readonly RunRecord[], count: number, seed: number): RunRecord[] {
  const finished = records.filter(({ outcome }) => outcome === 'finished');
  const drawn = new Set(stream(seed, 'verification').shuffled(finished).slice(0, count));
  return finished.filter((record) => drawn.has(record));
}

/** Trains and tests a recorded run again, from its document and the data, and compares the result with the record. */
export async function verifyRun(
  record: RunRecord,
  options: VerificationOptions,
  hooks: RunHooks,
): Promise<VerifiedRun> {
  const { runKey, dataset, architectureName, seed, datasetDigest, versions } = record;
  const described = { runKey, dataset, architectureName, seed };
  const scratch = openDirectoryStore(join(options.scratch, 'store'));
  try {
    await writeDatasetDocument(scratch, await readDatasetDocument(options.store, datasetDigest));
    await writeRunDocument(scratch, await readRunDocument(options.store, runKey));
    const device = options.device ?? deviceOf(versions['device'] ?? '') ?? { kind: 'cpu', threads: 1 };
    const executors = new Executors({ ...options, store: scratch, devices: [device] });
    const executor = executors.executor(options.rehearsal);
    const request = {
      runKey,
      studyId: record.studyId,
      dataset,
      architectureName,
      tensorBoard: false,
      retain: 'weights' as const,
    };
    const outcome = await executor.train(request, hooks);
    if (outcome !== 'trained')
      return {
        ...described,
        verdict: 'different',
        weights: undefined,
        top1Error: undefined,
        reasons: [`this time it ${outcome}`],
      };
    const now = await executor.evaluate(request, hooks);
    const path = runArtifacts(runKey).weights;
    const weights = compareWeights(
      { content: await options.store.get(path), path, digest: options.weights?.[runKey] },
      (await scratch.get(path))!,
    );
    const top1Error = { recorded: record.test!.top1Error, now: now.test!.top1Error };
    const isSame =
      weights?.isEqual !== false &&
      JSON.stringify(now.test) === JSON.stringify(record.test) &&
      JSON.stringify(now.validation) === JSON.stringify(record.validation);
    return {
      ...described,
      verdict: isSame ? 'same' : 'different',
      weights,
      top1Error,
      reasons: isSame ? [] : reasonsFor(record, now, weights?.isEqual === true),
    };
  } catch (error) {
    if (!(error instanceof OperationalError) || error.category === 'interruption') throw error;
    return { ...described, verdict: 'impossible', weights: undefined, top1Error: undefined, reasons: [error.message] };
  }
}

/** Why the results of a run are others now: in what the machine that recorded it and this one differ, or that it was changed. */
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
          ? 'the same weights give another result: what the record says of it was changed'
          : 'versions and device are those of the record: the processor is of another type, or the record or the weights were changed',
      ];
}
