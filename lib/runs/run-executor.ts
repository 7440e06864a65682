import { rm } from 'node:fs/promises';
import { ArtifactError, EnvironmentError, OperationalError, UnsuitableWorkerError } from '../core/errors.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { architectureComplexity } from '../design-space/complexity.ts';
import { isListed } from '../design-space/study-network.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readDatasetDocument } from '../study/documents/dataset-document.ts';
import { readRunDocument, runArtifacts, type RunDocument } from '../study/documents/run-document.ts';
import { readRunRecord, writeRunRecord, type RunRecord } from '../study/documents/run-record.ts';
import { findTraining, keepRecordOnly, storeTraining, type TrainedFiles } from '../study/documents/run-training.ts';
import type { Retention } from '../study/retention.ts';
import { isSettings } from '../study/trainer-config.ts';
import type { TestResult, TrainingProgress } from '../training/metrics.ts';
import { TrainerFailure } from '../training/command/trainer-failure.ts';
import { CheckpointUpload, fetchCheckpoint, removeCheckpoints } from './checkpoint-transfer.ts';
import type { DeviceSlots } from './device-slots.ts';
import { workOnStudy } from './foreign-study.ts';
import type { DatasetProvider, LocalDataset } from './local-datasets.ts';
import type { RunFolders } from './run-folder.ts';
import type { RunTask, RunTraining, Trainer } from './trainer.ts';

/** A run as a study requests it: its key, and its names in the record. */
export interface RunRequest {
  runKey: string;
  studyId: string;
  /** Label of the dataset selection. */
  dataset: string;
  architectureName: string;
  /** Whether event files are written. */
  tensorBoard: boolean;
  /** Whether the predictions of the test images are kept, with the record; they are not by default. */
  predictions?: boolean;
  /** Minutes after which an epoch writes a checkpoint before it ends; the training's own default if absent. */
  checkpointMinutes?: number;
  /** Files that are kept besides the record; for `extremes`, the study decides once all runs have ended. */
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

/** `recorded`: another worker or study has finished the same run in the meantime, and its record is used. */
export type TrainingOutcome = 'trained' | 'diverged' | 'paused' | 'recorded';

interface RunAndTrainer {
  run: RunDocument;
  trainer: Trainer;
}

/** The environment in which runs are carried out. */
export interface RunEnvironment {
  store: ArtifactStore;
  folders: RunFolders;
  datasets: DatasetProvider;
  /** The trainer of a run of a study; throws an UnsuitableWorkerError if this machine has none that gives the same results. */
  trainerOf: (run: RunDocument, studyId: string) => Promise<Trainer>;
  slots: DeviceSlots;
}

/** Data on this machine are damaged; the next attempt repairs them first. */
class DamagedCopyError extends EnvironmentError {}

/** A training could not read its data, although they are unchanged since they were prepared. */
class UnreadableCopyError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('crash', message, options);
  }
}

/**
 * Carries out runs: trains, tests and records them as their documents specify. Work that this or another machine has already done is not
 * repeated.
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
  train(request: RunRequest, callerHooks: RunHooks): Promise<TrainingOutcome> {
    const { store } = this.#environment;
    const { runKey } = request;
    return this.#inFolder(request, callerHooks, async (folder, hooks) => {
      const known = await this.#knownOutcome(request);
      if (known !== undefined) {
        // The worker that recorded this may have been lost before it removed the states.
        await this.#removeStates(runKey, folder);
        return known;
      }
      const { run, trainer } = await this.#runOf(request);
      const result = await this.#environment.datasets.use(
        run.datasetDigest,
        // Waiting for the folder and the data may have taken long: a run that was paused meanwhile does not start.
        async (dataset) =>
          hooks.pause?.aborted === true ? undefined : this.#trainOn(dataset, { run, trainer }, folder, request, hooks),
        { signal: hooks.signal, onNotice: hooks.onLog },
      );
      if (result === undefined) return 'paused';
      const { outcome, failure, curve, versions, trainingSeconds, evaluation, startedAt } = result;
      if (outcome === 'paused') return 'paused';
      let isOwn = true;
      if (outcome === 'diverged') {
        const written = await writeRunRecord(store, {
          ...describeRun(request, run, await this.#manifestOf(run)),
          versions,
          outcome,
          failure: { category: 'divergence', message: failure ?? 'the loss was not finite' },
          curve,
          validation: null,
          test: null,
          timings: { startedAt, finishedAt: new Date().toISOString(), trainingSeconds, evaluationSeconds: 0 },
        });
        isOwn = written.studyId === request.studyId;
      } else
        await storeTraining(store, runKey, retained(result, request.retain), {
          curve,
          versions,
          startedAt,
          trainingSeconds,
          evaluation,
        });
      await this.#removeStates(runKey, folder);
      if (!isOwn) return 'recorded';
      return outcome === 'diverged' ? 'diverged' : 'trained';
    });
  }

  /** Returns the outcome of a run that needs no more training; undefined if it needs more. */
  async #knownOutcome({ runKey, studyId }: RunRequest): Promise<TrainingOutcome | undefined> {
    const { store } = this.#environment;
    const recorded = await readRunRecord(store, runKey);
    if (recorded === undefined || recorded.outcome === 'failed')
      return (await findTraining(store, runKey)) === undefined ? undefined : 'trained';
    if (recorded.studyId !== studyId) return 'recorded';
    // A worker was lost right after it wrote the record.
    return recorded.outcome === 'diverged' ? 'diverged' : 'trained';
  }

  /** Removes the checkpoints of a training that has ended, here and in the store. */
  async #removeStates(runKey: string, folder: string): Promise<void> {
    await removeCheckpoints(this.#environment.store, runKey);
    await rm(folder, { recursive: true, force: true });
  }

  /** Trains a run on a dataset of this machine, and copies its checkpoints to the store. */
  async #trainOn(
    { directory }: LocalDataset,
    { run, trainer }: RunAndTrainer,
    folder: string,
    request: RunRequest,
    hooks: RunHooks,
  ): Promise<RunTraining & { startedAt: string }> {
    const { store, slots } = this.#environment;
    const transfer = { form: trainer.checkpoints, onLog: hooks.onLog };
    await fetchCheckpoint(store, request.runKey, folder, transfer);
    const upload = new CheckpointUpload(store, request.runKey, transfer);
    const startedAt = new Date().toISOString();
    try {
      const result = await this.#guarded(run, hooks.signal, () =>
        slots.with((device) =>
          trainer.runTraining(
            { ...taskOf(request, run, directory, folder), device },
            { ...hooks, onCheckpoint: (checkpoint) => upload.offer(checkpoint) },
          ),
        ),
      );
      await (result.outcome === 'paused' ? upload.flush() : upload.settled());
      return { ...result, startedAt };
    } catch (error) {
      // A command that is asked to stop may save its state first; the engine is killed at once.
      if (trainer.checkpoints !== undefined) await upload.flush();
      throw error;
    }
  }

  /**
   * Tests a trained network and records the run.
   * @returns its record, which another study that shares the run may have written meanwhile
   * @throws like `train`, and ArtifactError if the run is not trained
   */
  evaluate(request: RunRequest, callerHooks: RunHooks): Promise<RunRecord> {
    const { store } = this.#environment;
    const { runKey } = request;
    return this.#inFolder(request, callerHooks, async (folder, hooks) => {
      const recorded = await readRunRecord(store, runKey);
      if (recorded?.outcome === 'finished') {
        // Its worker was lost after it wrote the record.
        await this.#tidyUp(request, folder, recorded);
        return recorded;
      }
      const training = await findTraining(store, runKey);
      if (training === undefined) throw new ArtifactError('The run cannot be tested', [`${runKey} is not trained`]);
      const { run, trainer } = await this.#runOf(request);
      const { curve, versions, startedAt, trainingSeconds } = training;
      const { validation, test, predictions, evaluationSeconds } =
        training.evaluation ?? (await this.#evaluated({ run, trainer }, folder, request, hooks));
      const record: RunRecord = {
        ...describeRun(request, run, await this.#manifestOf(run)),
        versions,
        outcome: 'finished',
        failure: null,
        curve,
        validation,
        test,
        ...(predictions && { predictions }),
        timings: { startedAt, finishedAt: new Date().toISOString(), trainingSeconds, evaluationSeconds },
      };
      const written = await writeRunRecord(store, record);
      await this.#tidyUp(request, folder, written);
      return written;
    });
  }

  /** Tests a network with its stored weights, and stores its predictions. */
  async #evaluated(
    { run, trainer }: RunAndTrainer,
    folder: string,
    request: RunRequest,
    hooks: RunHooks,
  ): Promise<TestResult> {
    const { store, slots, datasets } = this.#environment;
    const names = runArtifacts(request.runKey);
    const { predictionsFile, ...result } = await datasets.use(
      run.datasetDigest,
      ({ directory }) =>
        this.#guarded(run, hooks.signal, () =>
          store.withFile(names.weights, (weightsFile) =>
            slots.with((device) =>
              trainer.runEvaluation({ ...taskOf(request, run, directory, folder), device }, weightsFile, hooks),
            ),
          ),
        ),
      { signal: hooks.signal, onNotice: hooks.onLog },
    );
    if (predictionsFile !== null) await store.putFile(names.predictions, predictionsFile);
    return result;
  }

  /** Removes what is no longer needed once a run is recorded. What the store keeps is decided by the study that the record belongs to. */
  async #tidyUp({ runKey, retain, studyId }: RunRequest, folder: string, record: RunRecord): Promise<void> {
    const { store } = this.#environment;
    if (record.studyId === studyId) {
      await store.delete(runArtifacts(runKey).training);
      if (retain === 'records') await keepRecordOnly(store, runKey);
    }
    await rm(folder, { recursive: true, force: true });
  }

  /** Runs work in the folder of a run on this machine. */
  async #inFolder<Result>(
    { runKey, studyId }: RunRequest,
    hooks: RunHooks,
    work: (folder: string, hooks: RunHooks) => Promise<Result>,
  ): Promise<Result> {
    const { store, folders } = this.#environment;
    await folders
      .tidy()
      .catch((error: Error) => hooks.onLog?.(`folders of ended runs were not removed: ${error.message}`));
    return workOnStudy(store, studyId, () =>
      folders.use(runKey, hooks.signal, (folder, signal) => work(folder, { ...hooks, signal })),
    );
  }

  /** Returns the document of a run and its trainer; throws unless this machine has that trainer. */
  async #runOf({ runKey, studyId }: RunRequest): Promise<RunAndTrainer> {
    const { store, trainerOf } = this.#environment;
    const run = await readRunDocument(store, runKey);
    const trainer = await trainerOf(run, studyId);
    if (run.engine === trainer.engine) return { run, trainer };
    throw new UnsuitableWorkerError(
      `the run was planned for the training engine ${run.engine}; this worker has ${trainer.engine}, which would give different results`,
    );
  }

  /** Reads the manifest of a run's dataset, even if the dataset is on another machine. */
  async #manifestOf({ datasetDigest }: RunDocument): Promise<DatasetManifest> {
    return (await readDatasetDocument(this.#environment.store, datasetDigest)).manifest;
  }

  /**
   * Runs work and, if it fails in a way that damaged data may have caused, looks for damage on this machine. With damaged data, trainers
   * other than this program's engine may fail in any way.
   * @throws DamagedCopyError if data are damaged
   */
  async #guarded<Result>(
    { datasetDigest }: RunDocument,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      const isSuspect = error.category === 'input';
      if (!isSuspect && !(error instanceof TrainerFailure && error.category === 'crash')) throw error;
      const damage = await this.#environment.datasets.findDamage(datasetDigest, { isSuspect, signal });
      if (damage !== undefined)
        throw new DamagedCopyError(`${damage}; the next attempt repairs it. This one failed: ${error.message}`, {
          cause: error,
        });
      throw error instanceof TrainerFailure ? error : new UnreadableCopyError(error.message, { cause: error });
    }
  }
}

/**
 * Selects the files of a training that are stored: always the weights, which testing the network needs, and the predictions, which are
 * results.
 */
const retained = (
  { weightsFile, savedModelDirectory, eventsDirectory, predictionsFile }: TrainedFiles,
  retain: Retention,
): TrainedFiles =>
  retain === 'everything' || retain === 'extremes'
    ? { weightsFile, savedModelDirectory, eventsDirectory, predictionsFile }
    : { weightsFile, savedModelDirectory: null, eventsDirectory: null, predictionsFile };

/** Returns the parts of a task that training and testing a run have in common. */
function taskOf(
  { runKey, architectureName, tensorBoard, predictions = false, checkpointMinutes }: RunRequest,
  { architecture, protocol, seed }: RunDocument,
  datasetDirectory: string,
  workDirectory: string,
): Omit<RunTask, 'device'> {
  return {
    ...{ runKey, architectureName, architecture, datasetDirectory, protocol, seed, workDirectory },
    ...{ tensorBoard, predictions },
    ...(checkpointMinutes !== undefined && { checkpointMinutes }),
  };
}

/** Returns the part of a run's record that does not depend on its outcome. */
export function describeRun(
  { runKey, studyId, dataset, architectureName }: RunRequest,
  { architecture, datasetDigest, protocol, seed }: RunDocument,
  { imageSize: preparedSize, channels, classes }: Pick<DatasetManifest, 'imageSize' | 'channels' | 'classes'>,
): Omit<RunRecord, 'versions' | 'outcome' | 'failure' | 'curve' | 'validation' | 'test' | 'timings'> {
  const imageSize = (isSettings(protocol) ? undefined : protocol.imageSize) ?? preparedSize;
  const network = { imageSize, channels, classes: classes.length };
  return {
    format: 2,
    runKey,
    studyId,
    architectureName,
    architecture,
    complexity: isListed(architecture) ? null : architectureComplexity(architecture, network),
    dataset,
    datasetDigest,
    protocol,
    seed,
  };
}
