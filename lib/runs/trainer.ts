import { engineVersion } from '../training/engine-version.ts';
import { runEvaluation, runTraining } from '../training/run.ts';

/** Trains and tests networks. */
export interface Trainer {
  /** Version of everything that determines the outcome of a training. */
  engine: string;
  runTraining: typeof runTraining;
  runEvaluation: typeof runEvaluation;
}

/** TensorFlow, in a separate process for each training. */
export const tensorflowTrainer: Trainer = { engine: engineVersion, runTraining, runEvaluation };

/** The same for a worker, which gets run after run: during each training, the process for the next one is already loaded. */
export const standingByTrainer: Trainer = {
  ...tensorflowTrainer,
  runTraining: (task, options) => runTraining(task, { ...options, standBy: true }),
};
