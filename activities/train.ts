import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { log } from '@temporalio/activity';
import { DatasetError } from '../datasets/dataset-error.ts';
import { readRunRecord, writeRunRecord } from '../store/run-records.ts';
import { ConfigError } from '../core/errors.ts';
import { withRunFolder } from '../runs/run-folder.ts';
import { attempt } from './attempts.ts';
import type { TrainActivities, TrainingOutcome } from './contract.ts';
import { localDataset } from './data.ts';
import { DeviceSlots } from '../runs/device-slots.ts';
import { isRetryable } from './retryable.ts';
import { recordOf, requireEngine, resolveRun, type ResolvedRun } from '../runs/resolved-run.ts';
import { findTraining, runArtifacts, storeTraining } from '../store/run-artifacts.ts';
import { isRecorded, StudyDocuments } from '../store/study-documents.ts';
import type { ActivityDependencies } from './dependencies.ts';
import type { TrainingProgress } from '../training/metrics.ts';

export function trainActivities(dependencies: ActivityDependencies): TrainActivities {
  const { store, work, trainer, devices } = dependencies;
  const slots = new DeviceSlots(devices);
  const directories = new Map<string, string>();

  const folderOf = (runKey: string) => join(work, 'runs', runKey);
  const removeFolderOf = (runKey: string) => rm(folderOf(runKey), { recursive: true, force: true });

  /** Folder of a run's dataset on this machine, verified once. */
  const datasetDirectory = async ({ config, manifest }: ResolvedRun, signal: AbortSignal): Promise<string> => {
    const { label, digest } = manifest;
    const known = directories.get(digest);
    if (known !== undefined) return known;
    const prepared = await localDataset(dependencies, config, label, { signal });
    if (prepared.manifest.digest !== digest)
      throw new DatasetError(`${label} on this machine is not the data that the study was planned for`);
    directories.set(digest, prepared.directory);
    return prepared.directory;
  };

  /** What training and testing a run have in common. */
  const taskOf = async (run: ResolvedRun, signal: AbortSignal) => ({
    runKey: run.runKey,
    architecture: run.architectureOf,
    datasetDirectory: await datasetDirectory(run, signal),
    protocol: run.protocol,
    seed: run.seed,
    workDirectory: folderOf(run.runKey),
    tensorBoard: run.config.execution.tensorBoard,
  });

  return {
    train: (input) =>
      attempt<TrainingProgress, TrainingOutcome>(input.attempts, isRetryable, (report, signal) =>
        withRunFolder(folderOf(input.runKey), signal, async () => {
          if (await isRecorded(store, input.runKey)) return 'recorded';
          if ((await findTraining(store, input.runKey)) !== undefined) return 'trained';
          const run = await resolveRun(new StudyDocuments(store, input.study), input);
          requireEngine(run, trainer.engine);
          const task = await taskOf(run, signal);
          const startedAt = new Date().toISOString();
          const result = await slots.with((device) =>
            trainer.runTraining({ ...task, device }, { signal, onProgress: report, onLog: logLine }),
          );
          const { outcome, failure, curve, versions, trainingSeconds } = result;
          if (outcome === 'diverged')
            await writeRunRecord(store, {
              ...recordOf(input, run),
              versions,
              outcome,
              failure,
              curve,
              validation: null,
              test: null,
              timings: { startedAt, finishedAt: new Date().toISOString(), trainingSeconds, evaluationSeconds: 0 },
            });
          else await storeTraining(store, input.runKey, result, { curve, versions, startedAt, trainingSeconds });
          await removeFolderOf(input.runKey);
          return outcome === 'diverged' ? 'diverged' : 'trained';
        }),
      ),

    evaluate: (input) =>
      attempt(input.attempts, isRetryable, (_report, signal) =>
        withRunFolder(folderOf(input.runKey), signal, async () => {
          const { runKey } = input;
          const recorded = await readRunRecord(store, runKey);
          if (recorded?.test) return { top1Error: recorded.test.top1Error };
          const training = await findTraining(store, runKey);
          if (training === undefined) throw new ConfigError('The run cannot be tested', [`${runKey} is not trained`]);
          const run = await resolveRun(new StudyDocuments(store, input.study), input);
          requireEngine(run, trainer.engine);
          const task = await taskOf(run, signal);
          const weightsFile = await store.localFile(runArtifacts(runKey).weights);
          const { validation, test, evaluationSeconds } = await slots.with((device) =>
            trainer.runEvaluation({ ...task, device }, weightsFile, { signal, onLog: logLine }),
          );
          const { curve, versions, startedAt, trainingSeconds } = training;
          await writeRunRecord(store, {
            ...recordOf(input, run),
            versions,
            outcome: 'finished',
            failure: null,
            curve,
            validation,
            test,
            timings: { startedAt, finishedAt: new Date().toISOString(), trainingSeconds, evaluationSeconds },
          });
          await store.delete(runArtifacts(runKey).training);
          await removeFolderOf(runKey);
          return { top1Error: test.top1Error };
        }),
      ),
  };
}

/** What a training process says goes to the log of its worker, with the run that it is about. */
const logLine = (line: string): void => {
  log.info(line);
};
