import type { z } from 'zod';
import {
  reportSchema,
  type CheckpointFile,
  type EvaluationResult,
  type pauseSchema,
  type Order,
  type Report,
  type TrainingResult,
  type TrainingTask,
} from './child/messages.ts';
import { failureOfExit, TrainingFailure } from './failures.ts';
import type { TrainingProgress } from './metrics.ts';
import { processFor } from './processes.ts';

export type { CheckpointFile, EvaluationResult, TrainingResult, TrainingTask } from './child/messages.ts';
export { TrainingFailure } from './failures.ts';

export interface RunOptions {
  /** Ends the child process; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Has a training end after the epoch that it is in; its outcome is then `paused`, unless that was the last. */
  pause?: AbortSignal | undefined;
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
  onLog?: ((line: string) => void) | undefined;
  onCheckpoint?: ((checkpoint: CheckpointFile) => void) | undefined;
  /** Whether more such tasks will follow: then the process of the next one loads TensorFlow while this one computes. */
  standBy?: boolean | undefined;
}

/**
 * Trains a network in a process of its own, from its last checkpoint where there is one.
 * @throws TrainingFailure where it comes to no result; a diverged loss is one
 */
export async function runTraining(task: TrainingTask, options: RunOptions = {}): Promise<TrainingResult> {
  const report = await carryOut({ kind: 'train', task }, options);
  if (report.kind !== 'trained')
    throw new TrainingFailure('internal', `a training ended with a report of kind ${report.kind}`);
  return report.result;
}

/**
 * Tests a trained network by its stored weights in a process of its own.
 * @throws TrainingFailure where it comes to no result
 */
export async function runEvaluation(
  task: TrainingTask,
  weightsFile: string,
  options: RunOptions = {},
): Promise<EvaluationResult> {
  const report = await carryOut({ kind: 'evaluate', task, weightsFile }, options);
  if (report.kind !== 'evaluated')
    throw new TrainingFailure('internal', `an evaluation ended with a report of kind ${report.kind}`);
  return report.result;
}

/** Gives an order to a child process and waits for its last report. */
async function carryOut(
  order: Order,
  { signal, pause, onProgress, onLog, onCheckpoint, standBy = false }: RunOptions,
): Promise<Report> {
  signal?.throwIfAborted();
  const { child, output } = await processFor(order, standBy);
  let last: Report | undefined;
  let malformed: Error | undefined;
  child.on('message', (message) => {
    const parsed = reportSchema.safeParse(message);
    if (!parsed.success) malformed ??= parsed.error;
    else if (parsed.data.kind === 'progress') onProgress?.(parsed.data.progress);
    else if (parsed.data.kind === 'log') onLog?.(parsed.data.line);
    else if (parsed.data.kind === 'checkpoint') onCheckpoint?.(parsed.data.checkpoint);
    else last = parsed.data;
  });
  // Computing leaves no state in the process: it is ended at once, and a checkpoint half-written keeps its temporary name.
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  else child.send(order);
  const askToPause = () => {
    if (child.connected) child.send({ kind: 'pause' } satisfies z.infer<typeof pauseSchema>);
  };
  pause?.addEventListener('abort', askToPause);
  if (pause?.aborted && !signal?.aborted) askToPause();
  return new Promise<Report>((resolve, reject) => {
    child.on('error', reject);
    child.once('close', (code, exitSignal) => {
      signal?.removeEventListener('abort', stop);
      pause?.removeEventListener('abort', askToPause);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (malformed !== undefined)
        reject(new TrainingFailure('internal', `a training process sent what is no report: ${malformed.message}`));
      else if (last === undefined) reject(failureOfExit(code, exitSignal, output()));
      else if (last.kind === 'failed') reject(new TrainingFailure(last.failure, last.message));
      else resolve(last);
    });
  });
}
