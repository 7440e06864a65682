import type { z } from 'zod';
import { reportSchema, type CheckpointFile, type Order, type pauseSchema, type Report } from './child/messages.ts';
import { failureOfExit, TrainingFailure } from './failures.ts';
import type { TrainingProgress } from './metrics.ts';
import { processFor } from './processes.ts';

export interface RunOptions {
  /** Ends the child process; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Makes a training end after its current epoch; its outcome is then `paused`, unless that was the last epoch. */
  pause?: AbortSignal | undefined;
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
  onLog?: ((line: string) => void) | undefined;
  onCheckpoint?: ((checkpoint: CheckpointFile) => void) | undefined;
  /** Whether more tasks of this kind will follow; if so, a process for the next one loads TensorFlow while this one computes. */
  standBy?: boolean | undefined;
}

/**
 * Gives an order to a child process and waits for the report that answers it.
 * @throws TrainingFailure if the process ends without a result
 */
export async function carryOut<Kind extends Report['kind']>(
  order: Order,
  answer: Kind,
  { signal, pause, onProgress, onLog, onCheckpoint, standBy = false }: RunOptions = {},
): Promise<Extract<Report, { kind: Kind }>> {
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
  // The process has no state worth saving, so it is killed immediately; a half-written checkpoint keeps its temporary name.
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  else child.send(order);
  const askToPause = () => {
    if (child.connected) child.send({ kind: 'pause' } satisfies z.infer<typeof pauseSchema>);
  };
  pause?.addEventListener('abort', askToPause);
  if (pause?.aborted && !signal?.aborted) askToPause();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.once('close', (code, exitSignal) => {
      signal?.removeEventListener('abort', stop);
      pause?.removeEventListener('abort', askToPause);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (malformed !== undefined)
        reject(new TrainingFailure('internal', `a training process sent an invalid report: ${malformed.message}`));
      else if (last === undefined) reject(failureOfExit(code, exitSignal, output()));
      else if (last.kind === 'failed') reject(new TrainingFailure(last.failure, last.message));
      else if (last.kind !== answer)
        reject(new TrainingFailure('internal', `an order to ${order.kind} ended with a report of kind ${last.kind}`));
      else resolve(last as Extract<Report, { kind: Kind }>);
    });
  });
}
