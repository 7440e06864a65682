import { UnsuitableWorkerError } from '../core/errors.ts';
import { SharedWork } from '../core/shared-work.ts';
import { isListed, type StudyArchitecture } from '../design-space/study-network.ts';
import { isSettings, type StudyProtocol } from '../study/trainer-config.ts';
import { engineVersion } from '../training/engine-version.ts';
import type { RecordedEpoch } from '../training/metrics.ts';
import {
  runEvaluation,
  runTraining,
  type EvaluationResult,
  type RunOptions,
  type TrainingResult,
  type TrainingTask,
} from '../training/run.ts';
import type { CheckpointForm } from './checkpoint-form.ts';

/** A training, or the test of its network, as a run document asks for it. */
export interface RunTask extends Omit<TrainingTask, 'architecture' | 'protocol'> {
  /** Name of the network in its study. */
  architectureName: string;
  architecture: StudyArchitecture;
  protocol: StudyProtocol;
}

/** The result of a training by any trainer. */
export type RunTraining = Omit<TrainingResult, 'curve'> & { curve: RecordedEpoch[] };

/** Trains and tests networks. */
export interface Trainer {
  /** Version of everything that determines the outcome of a training. */
  engine: string;
  /** Form of its checkpoints; that of this program's engine if absent. */
  checkpoints?: CheckpointForm;
  runTraining: (task: RunTask, options?: RunOptions) => Promise<RunTraining>;
  runEvaluation: (task: RunTask, weightsFile: string, options?: RunOptions) => Promise<EvaluationResult>;
}

/** TensorFlow, in a separate process for each training. */
export const tensorflowTrainer: Trainer = {
  engine: engineVersion,
  runTraining: async (task, options) => runTraining(builtInTask(task), options),
  runEvaluation: async (task, weightsFile, options) => runEvaluation(builtInTask(task), weightsFile, options),
};

/** The same for a worker, which carries out run after run: during each training, the process for the next one is already loaded. */
export const standingByTrainer: Trainer = {
  ...tensorflowTrainer,
  runTraining: (task, options) => tensorflowTrainer.runTraining(task, { ...options, standBy: true }),
};

/** This machine lacks something that this program's engine needs; it may have other trainers. */
export class EngineUnavailableError extends UnsuitableWorkerError {}

/**
 * Makes a trainer whose machine is made ready when the first run arrives, so that machines without such runs need not be.
 * @param makeReady rejects with an error for the run; the next run tries again
 */
export function onceReady(trainer: Trainer, makeReady: (signal: AbortSignal) => Promise<void>): Trainer {
  let readiness: SharedWork<void> | undefined;
  const ready = (signal: AbortSignal | undefined) => {
    readiness ??= new SharedWork(makeReady, () => (readiness = undefined));
    return readiness.wait(signal);
  };
  return {
    ...trainer,
    runTraining: async (task, options) => {
      await ready(options?.signal);
      return trainer.runTraining(task, options);
    },
    runEvaluation: async (task, weightsFile, options) => {
      await ready(options?.signal);
      return trainer.runEvaluation(task, weightsFile, options);
    },
  };
}

/**
 * Returns a task for this program's own engine, which trains AnyNets by its protocol; throws an UnsuitableWorkerError for any other task.
 */
function builtInTask({ architectureName, architecture, protocol, ...task }: RunTask): TrainingTask {
  if (isListed(architecture) || isSettings(protocol))
    throw new UnsuitableWorkerError(
      `${architectureName} can be trained by the trainer of its study alone: this program's engine trains AnyNets by its own protocol`,
    );
  return { ...task, architecture, protocol };
}
