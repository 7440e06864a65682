import {
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  ContinueAsNew,
  isCancellation,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunSettings, StudyActivities, TrainActivities } from '../activities/contract.ts';
import type { PlannedRun } from '../lib/study/documents/study-documents.ts';
import { FailureTally, type CountedFailures } from '../lib/study/failure-tally.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { concernsAll, failureOf, isInterruption } from './failures.ts';
import { Gate } from './gate.ts';
import {
  isCancelledQuery,
  populationProgressQuery,
  releaseSignal,
  replanSignal,
  steerSignal,
  type EarlierSteering,
  type Hold,
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
  steering: PopulationSteering | EarlierSteering;
  /** Total number of runs, in studies that versions before 0.2 started; in others, it is part of the steering. */
  total?: number;
  run: RunSettings;
  /** Whether the server has the search attributes of studies. */
  searchable: boolean;
  /** The state that earlier executions of this workflow pass on. */
  carried?: CarriedState;
}

interface CarriedState {
  /** The next page of the plan. */
  page: number;
  /** The revision of the plan to which that page belongs. */
  revision?: number;
  counts: RunCounts;
  failures: CountedFailures | null;
  failuresInARow?: FailuresInARow;
  hold?: Hold | null;
  /** Whether to go through the whole plan again; for studies that versions before 0.2 started. */
  isReplanned?: boolean;
}

/** The latest runs that failed in a row with the same category. */
interface FailuresInARow {
  category: string;
  runs: number;
}

const noCounts: RunCounts = { finished: 0, reused: 0, diverged: 0, failed: 0 };
const noFailuresInARow: FailuresInARow = { category: '', runs: 0 };

/** Trains and tests every architecture of a study on one dataset. A run that fails is recorded; the others continue. */
export async function populationWorkflow(input: PopulationInput): Promise<PopulationResult> {
  const { studyId, dataset, isReference, run: settings, carried } = input;
  const { train } = proxyActivities<TrainActivities>(training(studyId, dataset, isReference));
  let steering = currentSteering(input.steering, input.total);
  const isEarlier = !('plan' in input.steering);
  if (carried?.isReplanned === true) steering.plan.revision++;

  let page = carried?.page ?? 0;
  let revision = carried?.revision ?? (isEarlier ? 0 : steering.plan.revision);
  let counts = carried?.counts ?? { ...noCounts };
  let failures = new FailureTally(carried?.failures);
  let failuresInARow = carried?.failuresInARow ?? noFailuresInARow;
  const open = new Set<string>();
  /** Open runs that are not waiting for the end of a pause. */
  const atWork = new Set<string>();
  /** Scopes of the trainings that workers are carrying out. */
  const scopes = new Set<CancellationScope>();
  let isCancelled = false;

  const progress = () => ({
    dataset,
    total: steering.plan.runs,
    ...counts,
    open: [...open],
    isPaused: gate.isPaused,
    hold: gate.hold,
    failures: failures.summary,
  });
  const presentation = new Presentation(input.searchable, { studyId, dataset });
  const present = () => presentation.population(progress());
  const gate = new Gate({ isPaused: steering.isPaused, hold: carried?.hold ?? null, onChange: present });

  const release = () => {
    failuresInARow = noFailuresInARow;
    gate.release();
  };
  setHandler(populationProgressQuery, progress);
  setHandler(isCancelledQuery, () => isCancelled);
  setHandler(steerSignal, (told) => {
    const before = steering;
    steering = 'plan' in told ? told : { ...steering, ...told };
    gate.isPaused = told.isPaused;
    if (steering.releases > before.releases) release();
    // An activity that is cancelled while its population is not ends after its epoch, and is started again later. If the window shrinks,
    // surplus runs are withdrawn, newest first, because workers have started the oldest.
    const surplus = atWork.size - (told.isPaused ? 0 : told.window);
    if (surplus > 0 && (told.isPaused || !isEarlier || patched('withdrawn-surplus')))
      for (const scope of [...scopes].slice(-surplus)) scope.cancel();
    present();
  });
  setHandler(releaseSignal, release);
  setHandler(replanSignal, (runs) => {
    steering = { ...steering, plan: { revision: steering.plan.revision + 1, runs } };
  });
  CancellationScope.current().cancelRequested.catch(() => {
    isCancelled = true;
  });
  present();

  const mayTrain = () => gate.isOpen && atWork.size < steering.window;
  /** Whether a training ended because it was withdrawn; it continues later from its checkpoint. */
  const isWithdrawn = (scope: CancellationScope, error: unknown): boolean =>
    !isCancelled &&
    scope.consideredCancelled &&
    (isCancellation(error) || (isInterruption(error) && (!isEarlier || patched('interrupted-when-withdrawn'))));
  /** Trains a run; starts it again each time that it is withdrawn. */
  const trained = async ({ runKey, name, architectureName }: PlannedRun) => {
    for (;;) {
      // Withdrawn runs are started again only as the window, which may have shrunk, allows. When a condition becomes true, everything that
      // waits for it wakes up, so each waiter checks again.
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
        if (!isWithdrawn(scope, error)) throw error;
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

  const carryOut = async (planned: PlannedRun): Promise<keyof RunCounts> => {
    const { runKey, name, architectureName } = planned;
    const runInput = { studyId, dataset, runKey, architectureName, ...settings };
    try {
      const outcome = await gate.holdUntilDone(`train ${name} on ${dataset}`, () => trained(planned));
      if (outcome === 'diverged') return 'diverged';
      if (outcome === 'recorded') return 'reused';
      const { isReused } = await gate.holdUntilDone(`evaluate ${name} on ${dataset}`, () =>
        evaluate.executeWithOptions(presentedAs('evaluate', name), [runInput]),
      );
      failuresInARow = noFailuresInARow;
      return isReused === true ? 'reused' : 'finished';
    } catch (error) {
      // If a worker is lost while its population is cancelled, the run has not failed.
      if (isCancellation(error) || isCancelled) throw error;
      const failure = failureOf(error);
      const counted = await gate.holdUntilDone(`record the failure of ${name} on ${dataset}`, () =>
        recordFailure.executeWithOptions(presentedAs('record failure of', name), [{ ...runInput, failure }]),
      );
      if (counted != null && counted !== 'failed') return counted;
      failures.add(name, failure.message);
      const { category } = failure;
      failuresInARow = { category, runs: failuresInARow.category === category ? failuresInARow.runs + 1 : 1 };
      if (!concernsAll(failure) && failuresInARow.runs === mostFailuresInARow)
        gate.close({
          what: `${mostFailuresInARow} runs in a row failed on ${dataset}`,
          reason: `the last of them, ${name}: ${failure.message}`,
        });
      return 'failed';
    }
  };

  /** Goes through the plan, and again if it has been revised meanwhile. */
  const carryOutAll = async (): Promise<PopulationResult> => {
    for (;;) {
      const plan = await gate.holdUntilDone(`plan the runs on ${dataset}`, () =>
        planRuns.executeWithOptions({ summary: `plan the runs on ${dataset}, part ${page + 1}` }, [
          { studyId, dataset, page },
        ]),
      );
      counts = sum(counts, plan.settled);
      if (plan.failures !== undefined) failures.merge(plan.failures);
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
        if (revision === steering.plan.revision) return { ...counts, failures: failures.summary, revision };
        ({ revision } = steering.plan);
        page = 0;
        counts = { ...noCounts };
        // The plan says again which runs have failed, and why.
        failures = new FailureTally();
      }
      if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > longestHistory)
        await continueAsNew<typeof populationWorkflow>({
          ...input,
          total: steering.plan.runs,
          steering: isEarlier ? { isPaused: steering.isPaused, window: steering.window } : steering,
          carried: {
            ...{ page, counts, failures: failures.counted, failuresInARow, hold: gate.hold },
            ...(isEarlier ? { isReplanned: revision !== steering.plan.revision } : { revision }),
          },
        });
    }
  };

  try {
    const result = await carryOutAll();
    if (!isEarlier) presentation.end('finished', result.failed + result.diverged);
    return result;
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (!isEarlier) presentation.end(isCancelled ? 'cancelled' : 'failed', counts.failed + counts.diverged);
    throw isCancelled && !isCancellation(error) ? new CancelledFailure('the population was cancelled') : error;
  }
}

/** Returns the steering of a study, completed if a version before 0.2 started it. */
const currentSteering = (told: PopulationSteering | EarlierSteering, total = 0): PopulationSteering =>
  'plan' in told ? { ...told, plan: { ...told.plan } } : { ...told, releases: 0, plan: { revision: 0, runs: total } };

const sum = (a: RunCounts, b: RunCounts): RunCounts => ({
  finished: a.finished + b.finished,
  reused: a.reused + b.reused,
  diverged: a.diverged + b.diverged,
  failed: a.failed + b.failed,
});
