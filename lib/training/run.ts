import type { EvaluationResult, TrainingResult, TrainingTask } from './child/messages.ts';
import { carryOut, type RunOptions } from './carry-out.ts';

export type { RunOptions } from './carry-out.ts';
export type { CheckpointFile, EvaluationResult, TrainingResult, TrainingTask } from './child/messages.ts';
export { TrainingFailure } from './failures.ts';

/**
 * Trains and tests a network in a separate process, from its last checkpoint if there is one.
 * @throws TrainingFailure if the process ends without a result (a diverged loss is a result)
 */
export async function runTraining(task: TrainingTask, options?: RunOptions): Promise<TrainingResult> {
  return (await carryOut({ kind: 'train', task }, 'trained', options)).result;
}

/**
 * Tests a trained network with its stored weights in a separate process.
 * @throws TrainingFailure if the process ends without a result
 */
export async function runEvaluation(
  task: TrainingTask,
  weightsFile: string,
  options?: RunOptions,
): Promise<EvaluationResult> {
  return (await carryOut({ kind: 'evaluate', task, weightsFile }, 'evaluated', options)).result;
}
