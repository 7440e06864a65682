import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError, OperationalError, UnsuitableWorkerError } from '../core/errors.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { architectureComplexity } from '../design-space/complexity.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readRunDocument, runArtifacts, type RunDocument } from '../store/run-document.ts';
import { readRunRecord, writeRunRecord, type RunRecord } from '../store/run-record.ts';
import { findTraining, keepRecordOnly, storeTraining, type TrainedFiles } from '../store/run-training.ts';
import type { Retention } from '../study/retention.ts';
import type { TrainingProgress } from '../training/metrics.ts';
import type { TrainingTask } from '../training/run.ts';
import { CheckpointUpload, fetchCheckpoint, removeCheckpoints } from './checkpoint-transfer.ts';
import type { DeviceSlots } from './device-slots.ts';
import type { DatasetProvider, LocalDataset } from './local-datasets.ts';
import { withRunFolder } from './run-folder.ts';
import type { Trainer } from './trainer.ts';

/** A run as a study requests it: its key, and its names in the record. */
export interface RunRequest {
  runKey: string;
  studyId: string;
  /** Label of the dataset selection. */
  dataset: string;
  architectureName: string;
  /** Whether event files are written. */
  tensorBoard: boolean;
  /** What is kept of it besides its record; for `extremes`, the study chooses once it knows them. */
  retain: Retention;
}

export interface RunHooks {
  /** Aborts the work, which then rejects with the signal's reason. */
  signal: AbortSignal;
  /** Makes a training end after its current epoch, with the outcome `paused`. */
  pause?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
  onLog?: (line: string) => void;
}

/** `recorded`: another worker has carried out the same run in the meantime, and its record is kept. */
export type TrainingOutcome = 'trained' | 'diverged' | 'paused' | 'recorded';

/** The environment in which runs are carried out. */
export interface RunEnvironment {
  store: ArtifactStore;
  /** Folder on this machine for the checkpoints of unfinished runs. */
  work: string;
  datasets: DatasetProvider;
  trainer: Trainer;
  slots: DeviceSlots;
}

/** A training found damaged data on this machine; it is rebuilt before the next attempt. */
export class DamagedCopyError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('crash', message, options);
  }
}

/**
 * Carries out runs: trains, tests and records them, as specified by the documents of their keys. Work that this or another
 * machine has already done is not repeated.
 */
export class RunExecutor {
  readonly #environment: RunEnvironment;

  constructor(environment: RunEnvironment) {
    this.#environment = environment;
  }

  /**
   * Trains the network of a run, starting from its newest checkpoint, and stores the result.
   * @throws ArtifactError if the run is not planned, UnsuitableWorkerError if this machine would give different results,
   *   TrainingFailure if the training gives no result
   */
  train(request: RunRequest, hooks: RunHooks): Promise<TrainingOutcome> {
    const { store, trainer, slots } = this.#environment;
    const { runKey } = request;
    return this.#inFolder(runKey, hooks, async (folder) => {
      const recorded = await readRunRecord(store, runKey);
      if (recorded !== undefined && recorded.outcome !== 'failed') {
        if (recorded.studyId !== request.studyId) return 'recorded';
        // A worker was lost right after it wrote the record.
        return recorded.outcome === 'diverged' ? 'diverged' : 'trained';
      }
      if ((await findTraining(store, runKey)) !== undefined) return 'trained';
      const run = await this.#runOf(runKey);
      const dataset = await this.#environment.datasets.open(run.datasetDigest);
      await fetchCheckpoint(store, runKey, folder);
      const upload = new CheckpointUpload(store, runKey, hooks.onLog ?? (() => {}));
      const startedAt = new Date().toISOString();
      const result = await this.#guarded(run, () =>
        slots.with((device) =>
          trainer.runTraining(
            { ...taskOf(request, run, dataset, folder), device },
            { ...hooks, onCheckpoint: (checkpoint) => upload.offer(checkpoint) },
          ),
        ),
      );
      await (result.outcome === 'paused' ? upload.flush() : upload.settled());
      const { outcome, failure, curve, versions, trainingSeconds, evaluation } = result;
      if (outcome === 'paused') return 'paused';
      if (outcome === 'diverged')
        await writeRunRecord(store, {
          ...describeRun(request, run, dataset.manifest),
          versions,
          outcome,
          failure: { category: 'divergence', message: failure ?? 'the loss was not finite' },
          curve,
          validation: null,
          test: null,
          timings: { startedAt, finishedAt: new Date().toISOString(), trainingSeconds, evaluationSeconds: 0 },
        });
      else
        await storeTraining(store, runKey, retained(result, request.retain), {
          curve,
          versions,
          startedAt,
          trainingSeconds,
          evaluation,
        });
      await removeCheckpoints(store, runKey);
      await rm(folder, { recursive: true, force: true });
      return outcome === 'diverged' ? 'diverged' : 'trained';
    });
  }

  /**
   * Tests a trained network and records the run.
   * @throws like `train`, and ArtifactError if the run is not trained
   */
  evaluate(request: RunRequest, hooks: RunHooks): Promise<RunRecord> {
    const { store, trainer, slots } = this.#environment;
    const { runKey } = request;
    return this.#inFolder(runKey, hooks, async (folder) => {
      const recorded = await readRunRecord(store, runKey);
      if (recorded?.outcome === 'finished') return recorded;
      const training = await findTraining(store, runKey);
      if (training === undefined) throw new ArtifactError('The run cannot be tested', [`${runKey} is not trained`]);
      const run = await this.#runOf(runKey);
      const dataset = await this.#environment.datasets.open(run.datasetDigest);
      const { curve, versions, startedAt, trainingSeconds } = training;
      const { validation, test, evaluationSeconds } =
        training.evaluation ??
        (await this.#guarded(run, async () => {
          const weightsFile = await store.localFile(runArtifacts(runKey).weights);
          return slots.with((device) =>
            trainer.runEvaluation({ ...taskOf(request, run, dataset, folder), device }, weightsFile, hooks),
          );
        }));
      const record: RunRecord = {
        ...describeRun(request, run, dataset.manifest),
        versions,
        outcome: 'finished',
        failure: null,
        curve,
        validation,
        test,
        timings: { startedAt, finishedAt: new Date().toISOString(), trainingSeconds, evaluationSeconds },
      };
      await writeRunRecord(store, record);
      await store.delete(runArtifacts(runKey).training);
      if (request.retain === 'records') await keepRecordOnly(store, runKey);
      await rm(folder, { recursive: true, force: true });
      return record;
    });
  }

  /** Runs work in the folder of a run on this machine; a run that was restarted from scratch has a different folder. */
  async #inFolder<Result>(
    runKey: string,
    { signal }: RunHooks,
    work: (folder: string) => Promise<Result>,
  ): Promise<Result> {
    const { store, work: root } = this.#environment;
    const generation = await store.get(runArtifacts(runKey).generation);
    const folder = join(root, 'runs', generation === undefined ? runKey : `${runKey}-${generation.toString()}`);
    return withRunFolder(folder, signal, () => work(folder));
  }

  /** The document of a run; throws unless this machine's engine can carry it out. */
  async #runOf(runKey: string): Promise<RunDocument> {
    const { store, trainer } = this.#environment;
    const run = await readRunDocument(store, runKey);
    if (run.engine === trainer.engine) return run;
    throw new UnsuitableWorkerError(
      `the run was planned for the training engine ${run.engine}; this worker has ${trainer.engine}, which would give different results`,
    );
  }

  /** Makes sure that damaged data on this machine is rebuilt before it is used again. */
  async #guarded<Result>({ datasetDigest }: RunDocument, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OperationalError && error.category === 'input')) throw error;
      this.#environment.datasets.forget(datasetDigest);
      throw new DamagedCopyError(error.message, { cause: error });
    }
  }
}

/** The files of a training that are stored; the weights always are, because testing the network needs them. */
const retained = (
  { weightsFile, savedModelDirectory, eventsDirectory }: TrainedFiles,
  retain: Retention,
): TrainedFiles =>
  retain === 'everything' || retain === 'extremes'
    ? { weightsFile, savedModelDirectory, eventsDirectory }
    : { weightsFile, savedModelDirectory: null, eventsDirectory: null };

/** What training and testing of a run have in common. */
function taskOf(
  { runKey, tensorBoard }: RunRequest,
  { architecture, protocol, seed }: RunDocument,
  { directory }: LocalDataset,
  workDirectory: string,
): Omit<TrainingTask, 'device'> {
  return { runKey, architecture, datasetDirectory: directory, protocol, seed, workDirectory, tensorBoard };
}

/** The part of a run's record that does not depend on its outcome. */
export function describeRun(
  { runKey, studyId, dataset, architectureName }: RunRequest,
  { architecture, datasetDigest, protocol, seed }: RunDocument,
  { imageSize, channels, classes }: Pick<DatasetManifest, 'imageSize' | 'channels' | 'classes'>,
): Omit<RunRecord, 'versions' | 'outcome' | 'failure' | 'curve' | 'validation' | 'test' | 'timings'> {
  const network = { imageSize: protocol.imageSize ?? imageSize, channels, classes: classes.length };
  return {
    format: 2,
    runKey,
    studyId,
    architectureName,
    architecture,
    complexity: architectureComplexity(architecture, network),
    dataset,
    datasetDigest,
    protocol,
    seed,
  };
}
