import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { PlannedRunReference, RunSettings, StudyActivities, TrainActivities } from '../activities/contract.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { concernsAll, failureOf, FailureTally } from './failures.ts';
import { Gate } from './gate.ts';
import {
  isCancelledQuery,
  populationProgressQuery,
  releaseSignal,
  replanSignal,
  steerSignal,
  type PopulationResult,
  type PopulationSteering,
} from './messages.ts';
import { evaluation, lightWork, longestHistory, mostFailuresInARow, training } from './policies.ts';
import { Presentation } from './presentation.ts';
import { workQueue } from './work-queue.ts';

const { planRuns, recordFailure } = proxyActivities<StudyActivities>(lightWork);
const { evaluate } = proxyActivities<TrainActivities>(evaluation);

export interface PopulationInput {
  studyId: string;
  /** Label of the dataset. */
  dataset: string;
  isReference: boolean;
  /** Total number of runs. */
  total: number;
  steering: PopulationSteering;
  run: RunSettings;
  /** Whether the server has the search attributes of studies. */
  searchable: boolean;
  /** The state that earlier executions of this workflow hand on. */
  carried?: {
    /** The next page of the plan. */
    page: number;
    counts: RunCounts;
    failures: FailureTally['carried'];
    /** Whether to go through the whole plan again. */
    isReplanned: boolean;
  };
}

const none: RunCounts = { finished: 0, reused: 0, diverged: 0, failed: 0 };

/** Trains and tests every architecture of a study on one dataset. A run that fails is recorded; the others continue. */
export async function populationWorkflow(input: PopulationInput): Promise<PopulationResult> {
  const { studyId, dataset, isReference, run: settings } = input;
  const { train } = proxyActivities<TrainActivities>(training(studyId, dataset, isReference));
  let { total, steering } = input;
  let { page, counts, isReplanned } = input.carried ?? { page: 0, counts: { ...none }, isReplanned: false };
  const failures = new FailureTally(input.carried?.failures);
  const open = new Set<string>();
  /** Those of the open runs that are not waiting for the end of a pause. */
  const atWork = new Set<string>();
  /** Scopes of the trainings that the workers have. */
  const scopes = new Set<CancellationScope>();
  let isCancelled = false;
  let inARow = { category: '', runs: 0 };

  const progress = () => ({
    dataset,
    total,
    ...counts,
    open: [...open],
    isPaused: gate.isPaused,
    hold: gate.hold,
    failures: failures.summary,
  });
  const presentation = new Presentation(input.searchable, { studyId, dataset });
  const present = () => presentation.population(progress());
  const gate = new Gate({ isPaused: steering.isPaused, onChange: present });

  setHandler(populationProgressQuery, progress);
  setHandler(isCancelledQuery, () => isCancelled);
  setHandler(steerSignal, (told) => {
    steering = told;
    gate.isPaused = told.isPaused;
    // An activity that is cancelled while its population is not ends after its epoch, and is started again later. What exceeds a
    // smaller window is withdrawn, the newest first: workers have begun the oldest.
    const surplus = atWork.size - (told.isPaused ? 0 : told.window);
    if (surplus > 0 && (told.isPaused || patched('withdrawn-surplus')))
      for (const scope of [...scopes].slice(-surplus)) scope.cancel();
    present();
  });
  setHandler(releaseSignal, () => {
    inARow = { category: '', runs: 0 };
    gate.release();
  });
  setHandler(replanSignal, (runs) => {
    total = runs;
    isReplanned = true;
  });
  CancellationScope.current().cancelRequested.catch(() => {
    isCancelled = true;
  });
  present();

  const mayTrain = () => gate.isOpen && atWork.size < steering.window;
  /** Trains a run; starts it again each time it was paused. */
  const trained = async ({ runKey, name, architectureName }: PlannedRunReference) => {
    for (;;) {
      // Paused runs are started again only as the window, which may have shrunk, allows. When a condition comes true, everything
      // that waits for it wakes up, so each checks again.
      while (!mayTrain()) await condition(mayTrain);
      atWork.add(name);
      const scope = new CancellationScope();
      scopes.add(scope);
      try {
        const outcome = await scope.run(() =>
          train.executeWithOptions(presentedAs('train', name), [
            { studyId, dataset, runKey, architectureName, ...settings },
          ]),
        );
        if (outcome !== 'paused') return outcome;
      } catch (error) {
        atWork.delete(name);
        // Only this training was cancelled: it was paused before a worker had begun it.
        if (!isCancellation(error) || isCancelled) throw error;
      } finally {
        scopes.delete(scope);
      }
      atWork.delete(name);
    }
  };
  const presentedAs = (what: string, name: string) => ({
    activityId: `${what} ${name}`,
    summary: `${what} ${name} on ${dataset}`,
  });

  const carryOut = async (planned: PlannedRunReference): Promise<keyof RunCounts> => {
    const { runKey, name, architectureName } = planned;
    const input = { studyId, dataset, runKey, architectureName, ...settings };
    try {
      const outcome = await gate.insist(`train ${name} on ${dataset}`, () => trained(planned));
      if (outcome === 'diverged') return 'diverged';
      if (outcome === 'recorded') return 'reused';
      await gate.insist(`evaluate ${name} on ${dataset}`, () =>
        evaluate.executeWithOptions(presentedAs('evaluate', name), [input]),
      );
      inARow = { category: '', runs: 0 };
      return 'finished';
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = failureOf(error);
      failures.add(name, failure);
      await gate.insist(`record the failure of ${name} on ${dataset}`, () =>
        recordFailure.executeWithOptions(presentedAs('record failure of', name), [{ ...input, failure }]),
      );
      inARow = { category: failure.category, runs: inARow.category === failure.category ? inARow.runs + 1 : 1 };
      if (!concernsAll(failure) && inARow.runs === mostFailuresInARow)
        gate.close({
          what: `${mostFailuresInARow} runs in a row failed on ${dataset}`,
          reason: `the last of them, ${name}: ${failure.message}`,
        });
      return 'failed';
    }
  };

  for (;;) {
    const plan = await gate.insist(`plan the runs on ${dataset}`, () =>
      planRuns.executeWithOptions({ summary: `plan the runs on ${dataset}, part ${page + 1}` }, [
        { studyId, dataset, page },
      ]),
    );
    counts = sum(counts, plan.settled);
    await workQueue(
      plan.open,
      () => (gate.isOpen ? steering.window : 0),
      async (planned) => {
        open.add(planned.name);
        try {
          counts[await carryOut(planned)]++;
        } finally {
          open.delete(planned.name);
          atWork.delete(planned.name);
          present();
        }
      },
    );
    page++;
    if (plan.isLast) {
      await gate.passed();
      if (!isReplanned) return { ...counts, failures: failures.summary };
      isReplanned = false;
      page = 0;
      counts = { ...none };
    }
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > longestHistory)
      await continueAsNew<typeof populationWorkflow>({
        ...input,
        total,
        steering,
        carried: { page, counts, failures: failures.carried, isReplanned },
      });
  }
}

const sum = (a: RunCounts, b: RunCounts): RunCounts => ({
  finished: a.finished + b.finished,
  reused: a.reused + b.reused,
  diverged: a.diverged + b.diverged,
  failed: a.failed + b.failed,
});
