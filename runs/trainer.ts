import { engineVersion } from '../training/engine-version.ts';
import { runEvaluation, runTraining } from '../training/run.ts';

/** What trains and tests networks. */
export interface Trainer {
  /** Version of all that decides the outcome of a training. */
  engine: string;
  runTraining: typeof runTraining;
  runEvaluation: typeof runEvaluation;
}

/** TensorFlow, in a process of its own for each training. */
export const tensorflowTrainer: Trainer = { engine: engineVersion, runTraining, runEvaluation };

/** The same for a worker, which is given run after run: each training has the process of the next one loaded meanwhile. */
export const standingByTrainer: Trainer = {
  ...tensorflowTrainer,
  runTraining: (task, options) => runTraining(task, { ...options, standBy: true }),
};
