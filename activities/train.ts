import { Context } from '@temporalio/activity';
import type { Executors } from '../lib/runs/executors.ts';
import type { TrainingOutcome } from '../lib/runs/run-executor.ts';
import type { TrainingProgress } from '../lib/training/metrics.ts';
import { attempt } from './attempts.ts';
import type { IsCancelledQuery, RunInput, TrainActivities } from './contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { withGracefulPause } from './graceful-pause.ts';
import { RunMetrics } from './metrics.ts';

export function trainActivities({ onUnsuitable }: ActivityDependencies, executors: Executors): TrainActivities {
  const optionsOf = ({ maximumAttempts }: RunInput) => ({ maximumAttempts, onUnsuitable });
  return {
    train: async (input) => {
      const context = Context.current();
      const metrics = new RunMetrics(context, input);
      const outcome = await metrics.ofAttempt(() =>
        attempt<TrainingProgress, TrainingOutcome>(optionsOf(input), (report, cancelled) => {
          const onProgress = (progress: TrainingProgress) => {
            metrics.progress(progress);
            report(progress);
          };
          return withGracefulPause(
            cancelled,
            () => isToContinueLater(context),
            ({ signal, pause }) =>
              executors.executor(input.rehearsal).train(input, { signal, pause, onProgress, onLog: logOf(context) }),
          );
        }),
      );
      if (outcome === 'diverged') metrics.ended('diverged');
      return outcome;
    },

    evaluate: async (input) => {
      const context = Context.current();
      const metrics = new RunMetrics(context, input);
      const result = await metrics.ofAttempt(() =>
        attempt(optionsOf(input), async (_report, signal) => {
          const { test, studyId } = await executors
            .executor(input.rehearsal)
            .evaluate(input, { signal, onLog: logOf(context) });
          return { top1Error: test!.top1Error, ...(studyId !== input.studyId && { isReused: true }) };
        }),
      );
      if (result.isReused !== true) metrics.ended('finished');
      return result;
    },
  };
}

const isCancelledQuery: IsCancelledQuery = 'isCancelled';

/** Milliseconds to wait for an answer. */
const patience = 3000;

/**
 * Whether an activity was cancelled only because its study was paused or limited to fewer runs: then its population is not cancelled.
 * Without an answer, the training is stopped immediately and later continues from its last checkpoint.
 */
async function isToContinueLater(context: Context): Promise<boolean> {
  const { cancelRequested, workerShutdown } = context.cancellationDetails ?? {};
  if (cancelRequested !== true || workerShutdown === true) return false;
  try {
    const { client, info } = context;
    const population = client.workflow.getHandle(info.workflowExecution!.workflowId);
    return !(await client.withDeadline(Date.now() + patience, () => population.query<boolean>(isCancelledQuery)));
  } catch (error) {
    context.log.warn('could not ask the population whether it is paused', { error });
    return false;
  }
}

/**
 * Writes a line from a training process to the worker's log, labelled with its run; the process may have been started in advance, during
 * another run.
 */
const logOf =
  ({ log }: Context) =>
  (line: string): void => {
    log.info(line);
  };
