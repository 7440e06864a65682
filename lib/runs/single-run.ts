import { join } from 'node:path';
import type { DatasetSelection } from '../datasets/selection.ts';
import type { StudyArchitecture } from '../design-space/study-network.ts';
import { openDirectoryStore } from '../store/directory-store.ts';
import { writeDatasetDocument } from '../study/documents/dataset-document.ts';
import { runArtifacts, writeRunDocument } from '../study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../study/documents/run-record.ts';
import { storeTrainerFiles } from '../study/documents/trainer-files.ts';
import { commandEngine, type CommandTrainer, type StudyProtocol } from '../study/trainer-config.ts';
import type { Device } from '../training/device.ts';
import type { TrainingProgress } from '../training/metrics.ts';
import { Executors } from './executors.ts';
import { tensorflowTrainer } from './trainer.ts';

/** One network, the data it is trained on, and the protocol. */
export interface SingleRun {
  name: string;
  architecture: StudyArchitecture;
  selection: DatasetSelection;
  protocol: StudyProtocol;
  seed: number;
  /** The command that trains it, with the contents of its files; this program's engine if absent. */
  trainer?: { command: CommandTrainer; files: readonly Uint8Array[] };
}

export interface SingleRunOptions {
  device: Device;
  dataRoot: string | undefined;
  /** Folder of the store and of the prepared data. */
  out: string;
  tensorBoard: boolean;
  signal: AbortSignal;
  onProgress: (progress: TrainingProgress) => void;
  onLog: (line: string) => void;
}

/** Seed for drawing classes and images. */
const dataSeed = 0;

/**
 * Prepares the data, then trains and tests one network outside any study; steps that are already done are not repeated.
 * @returns the record of the run, and its path
 */
export async function runOnce(
  { name, architecture, selection, protocol, seed, trainer }: SingleRun,
  { device, dataRoot, out, tensorBoard, signal, onProgress, onLog }: SingleRunOptions,
): Promise<{ record: RunRecord; path: string }> {
  const store = openDirectoryStore(out);
  const work = join(out, 'work');
  await storeTrainerFiles(store, trainer?.files ?? []);
  const executors = new Executors({
    ...{ store, work, dataRoot, devices: [device], trainer: tensorflowTrainer },
    commandTrainer: trainer?.command,
  });
  const { manifest } = await executors.datasets(undefined).prepare(selection, dataSeed);
  await writeDatasetDocument(store, { selection, seed: dataSeed, manifest });
  const engine = trainer === undefined ? executors.engine(undefined) : commandEngine(trainer.command);
  const document = { architecture, datasetDigest: manifest.digest, protocol, seed, engine };
  const runKey = await writeRunDocument(store, document);
  const retain = 'everything' as const;
  const names = { runKey, studyId: 'train', dataset: manifest.label, architectureName: name };
  const request = { ...names, tensorBoard, predictions: true, retain };
  const hooks = { signal, onProgress, onLog };
  const executor = executors.executor(undefined);
  const outcome = await executor.train(request, hooks);
  const record = outcome === 'trained' ? await executor.evaluate(request, hooks) : await readRunRecord(store, runKey);
  return { record: record!, path: await store.localFile(runArtifacts(runKey).record) };
}
