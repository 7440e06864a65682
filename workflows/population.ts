import { continueAsNew, isCancellation, proxyActivities, rootCause, setHandler } from '@temporalio/workflow';
import type { PlannedRunReference, StudyActivities, TrainActivities } from '../activities/contract.ts';
import { boundedWindow } from './bounded-window.ts';
import { populationProgressQuery } from './messages.ts';
import { evaluation, lightWork, runsPerExecution, training } from './policies.ts';
import type { RunCounts } from '../study/outcome.ts';

const { planRuns, recordFailure } = proxyActivities<StudyActivities>(lightWork);
const { train } = proxyActivities<TrainActivities>(training);
const { evaluate } = proxyActivities<TrainActivities>(evaluation);

export interface PopulationInput {
  study: string;
  /** Label of the dataset. */
  dataset: string;
  /** Runs in all. */
  total: number;
  concurrentRuns: number;
  attempts: number;
  /** Runs after which it continues as new. */
  runsPerExecution?: number;
  /** What earlier executions of this workflow did: position of the next run, and the counts so far. */
  carried?: { next: number; counts: RunCounts };
}

/** Trains and tests every architecture of a study on one dataset. A run that fails is recorded; the others go on. */
export async function populationWorkflow(input: PopulationInput): Promise<RunCounts> {
  const { study, dataset, total, concurrentRuns, attempts } = input;
  const { next, counts } = input.carried ?? { next: 0, counts: { finished: 0, reused: 0, diverged: 0, failed: 0 } };
  const open = new Set<string>();
  setHandler(populationProgressQuery, () => ({ dataset, total, ...counts, open: [...open] }));

  const carryOut = async ({ runKey, name, recorded }: PlannedRunReference): Promise<keyof RunCounts> => {
    if (recorded) return 'reused';
    const run = { study, dataset, runKey };
    const presentedAs = (what: string) => ({
      activityId: `${what} ${name}`,
      summary: `${what} ${name} on ${dataset}`,
    });
    try {
      const outcome = await train.executeWithOptions(presentedAs('train'), [{ ...run, attempts }]);
      if (outcome === 'diverged') return 'diverged';
      if (outcome === 'recorded') return 'reused';
      await evaluate.executeWithOptions(presentedAs('evaluate'), [{ ...run, attempts }]);
      return 'finished';
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = rootCause(error) ?? String(error);
      await recordFailure.executeWithOptions(presentedAs('record failure of'), [{ ...run, failure }]);
      return 'failed';
    }
  };

  const runs = await planRuns.executeWithOptions({ summary: `plan the runs on ${dataset}` }, [{ study, dataset }]);
  const end = Math.min(runs.length, next + (input.runsPerExecution ?? runsPerExecution));
  await boundedWindow(runs.slice(next, end), concurrentRuns, async (run) => {
    open.add(run.name);
    counts[await carryOut(run)]++;
    open.delete(run.name);
  });
  if (end < runs.length)
    await continueAsNew<typeof populationWorkflow>({ ...input, carried: { next: end, counts: { ...counts } } });
  return counts;
}
