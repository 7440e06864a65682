import { join } from 'node:path';
import { ConfigError, Interrupted } from '../lib/core/errors.ts';
import { parseWith } from '../lib/core/validation.ts';
import { catalogue } from '../lib/datasets/catalogue/index.ts';
import { datasetSelectionSchema, type DatasetSelection } from '../lib/datasets/selection.ts';
import type { Architecture } from '../lib/design-space/architecture.ts';
import { Executors } from '../lib/runs/executors.ts';
import { tensorflowTrainer } from '../lib/runs/trainer.ts';
import { writeDatasetDocument } from '../lib/study/documents/dataset-document.ts';
import { openDirectoryStore } from '../lib/store/directory-store.ts';
import { runArtifacts, writeRunDocument } from '../lib/study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../lib/study/documents/run-record.ts';
import { imageProblems, selectionProblems } from '../lib/study/config.ts';
import { applyOverrides } from '../lib/study/overrides.ts';
import type { Device } from '../lib/training/device.ts';
import type { TrainingProgress } from '../lib/training/metrics.ts';
import { protocolSchema, type TrainingProtocol } from '../lib/training/protocol.ts';
import { findArchitecture } from './options/architecture-reference.ts';
import { checkOutputFolder } from './options/output-paths.ts';

export interface SingleRun {
  architecture: string;
  dataset: string;
  classes?: number;
  trainingImages?: number;
  epochs?: number;
  set: readonly string[];
  seed: number;
  threads: number;
  gpu?: number;
  dataRoot?: string;
  out: string;
  tensorBoard: boolean;
}

const defaultEpochs = 10;

/** The option that sets each field of a selection. */
const datasetOptions: Record<string, string> = {
  dataset: '--dataset',
  classes: '--classes',
  trainingImages: '--training-images',
};

/** What a single run trains, on what and how. */
interface CheckedRun {
  name: string;
  architecture: Architecture;
  selection: DatasetSelection;
  protocol: TrainingProtocol;
}

/**
 * The run that the options describe.
 * @throws ConfigError if the options are invalid, before anything has been done
 */
export async function checkRun({
  dataset,
  classes,
  trainingImages,
  epochs,
  ...options
}: SingleRun): Promise<CheckedRun> {
  const { name, architecture } = await findArchitecture(options.architecture, '--architecture');
  const selection = parseWith(datasetSelectionSchema, { dataset, classes, trainingImages }, 'The dataset is invalid');
  const problems = selectionProblems(selection, 'selection', catalogue);
  if (problems.length > 0)
    throw new ConfigError(
      'The dataset is invalid',
      problems.map((problem) =>
        problem.replace(/^selection\.(\w+)/, (_, field: string) => datasetOptions[field] ?? field),
      ),
    );
  const document = applyOverrides(epochs === undefined ? {} : { epochs }, options.set) as { epochs?: unknown };
  if (epochs !== undefined && document.epochs !== epochs)
    throw new ConfigError('--epochs and --set epochs exclude each other', ['give only one of them']);
  document.epochs ??= defaultEpochs;
  const protocol = parseWith(protocolSchema, document, 'The protocol is invalid');
  const unfit = imageProblems(protocol, selection, catalogue, `--dataset ${dataset}`);
  if (unfit.length > 0) throw new ConfigError('The protocol is invalid', unfit);
  await checkOutputFolder('--out', options.out);
  return { name, architecture, selection, protocol };
}

/** The record of a run, and where it is. */
export interface RecordedRun {
  record: RunRecord;
  path: string;
}

/** Prepares the data, trains and tests one network; steps that are already done are not repeated. */
export async function runOnce(
  { name, architecture, selection, protocol }: CheckedRun,
  options: Pick<SingleRun, 'seed' | 'threads' | 'gpu' | 'dataRoot' | 'out' | 'tensorBoard'>,
  onProgress: (progress: TrainingProgress) => void,
): Promise<RecordedRun> {
  const { seed, out, gpu, threads, dataRoot, tensorBoard } = options;
  const store = openDirectoryStore(out);
  const device: Device = gpu === undefined ? { kind: 'cpu', threads } : { kind: 'gpu', index: gpu };
  const executors = new Executors({
    store,
    work: join(out, 'work'),
    dataRoot,
    devices: [device],
    trainer: tensorflowTrainer,
  });
  const { manifest } = await executors.datasets(undefined).prepare(selection, dataSeed);
  await writeDatasetDocument(store, { selection, seed: dataSeed, manifest });
  const runKey = await writeRunDocument(store, {
    architecture,
    datasetDigest: manifest.digest,
    protocol,
    seed,
    engine: executors.engine(undefined),
  });
  const retain = 'everything' as const;
  const request = { runKey, studyId: 'train', dataset: manifest.label, architectureName: name, tensorBoard, retain };
  const abort = new AbortController();
  const interrupt = () =>
    abort.abort(new Interrupted('interrupted: the same command continues from the last checkpoint'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const hooks = { signal: abort.signal, onProgress, onLog: (line: string) => void process.stderr.write(`${line}\n`) };
    const executor = executors.executor(undefined);
    const outcome = await executor.train(request, hooks);
    const record = outcome === 'trained' ? await executor.evaluate(request, hooks) : await readRunRecord(store, runKey);
    return { record: record!, path: await store.localFile(runArtifacts(runKey).record) };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Seed of the draws of classes and images. */
const dataSeed = 0;
