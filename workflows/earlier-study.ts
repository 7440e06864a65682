import {
  allHandlersFinished,
  CancellationScope,
  condition,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DataActivities, EarlierStudyActivities, StudyActivities, StudyOutline } from '../activities/contract.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { RetryRequest } from '../lib/study/instruction.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { Gate } from './gate.ts';
import {
  cancelUpdate,
  extendUpdate,
  limitUpdate,
  pauseUpdate,
  populationWorkflowId,
  releaseSignal,
  replanSignal,
  resumeUpdate,
  retryUpdate,
  steerSignal,
  studyProgressQuery,
  type EarlierSteering,
  type StudyProgress,
} from './messages.ts';
import { dataPreparation, lightWork } from './policies.ts';
import { populationWorkflow } from './population.ts';
import { Presentation } from './presentation.ts';
import { shareOf } from './shares.ts';
import { checkExtension, checkLimit, checkRetry } from './instruction-checks.ts';
import type { StudyCompletion } from './study.ts';
import type { StudyInput } from './study-input.ts';
import { taskGroup } from './task-group.ts';

const activities = proxyActivities<Omit<StudyActivities, keyof EarlierStudyActivities> & EarlierStudyActivities>(
  lightWork,
);
const { prepareDataset } = proxyActivities<DataActivities>(dataPreparation);

/**
 * The workflow of studies that versions before 0.2 started, which continue as they began (see `patched` in study.ts). It steers populations
 * with a signal for each change, and carries out each update separately. Once no such study is running, this file can be deleted, along
 * with everything called earlier in messages.ts, population.ts and activities/contract.ts.
 */
export async function earlierStudy(input: StudyInput): Promise<StudyCompletion> {
  const { studyId = workflowInfo().workflowId, searchable = false } = input;
  const study = { studyId };
  const progress: StudyProgress = {
    stage: 'sampling',
    ...{ isPaused: false, hold: null, prepared: [], datasets: [], instructions: [] },
  };
  const presentation = new Presentation(searchable, study);
  const present = () => {
    progress.isPaused = gate.isPaused;
    progress.hold = gate.hold;
    const failed = [...counts.values()].reduce((sum, { failed, diverged }) => sum + failed + diverged, 0);
    presentation.study(progress, failed);
  };
  const gate = new Gate({ onChange: present });
  const counts = new Map<string, RunCounts>();
  /** Populations that are running, by dataset. */
  const running = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  /** Whether there are new runs that the last analysis does not cover. */
  let isReopened: boolean;
  let limit: number | null | undefined;
  let outline: StudyOutline | undefined;
  let isReady = false;
  const enter = (stage: StudyProgress['stage']) => {
    progress.stage = stage;
    present();
  };

  const limitOf = () => (limit === undefined ? (outline?.concurrentRuns ?? null) : limit);
  /**
   * Returns the steering of the population on a dataset while the populations on `datasets`, including itself, share the limit of the
   * study.
   */
  const steering = (dataset: string, datasets: Iterable<string> = running.keys()): EarlierSteering => {
    const { concurrentRunsPerDataset, reference } = outline!;
    const share = shareOf(dataset, [...datasets], limitOf(), reference);
    return { isPaused: gate.isPaused, window: Math.min(concurrentRunsPerDataset, share) };
  };
  /** Sends a message to the running populations; ignores failures, because a population may just have ended. */
  const tellAll = async (
    tell: (handle: ReturnType<typeof getExternalWorkflowHandle>, dataset: string) => Promise<void>,
  ) => {
    await Promise.all(
      [...running.keys()].map((dataset) =>
        tell(getExternalWorkflowHandle(populationWorkflowId(studyId, dataset)), dataset).catch((error: unknown) => {
          if (isCancellation(error)) throw error;
        }),
      ),
    );
  };
  const steerAll = () => tellAll((handle, dataset) => handle.signal(steerSignal, steering(dataset)));

  /** @param datasets the datasets of all populations that will run */
  const startPopulation = (dataset: string, datasets: Iterable<string>) => {
    const { architectures, runsPerDataset, reference, run } = outline!;
    const population = executeChild(populationWorkflow, {
      workflowId: populationWorkflowId(studyId, dataset),
      args: [
        {
          studyId,
          dataset,
          isReference: dataset === reference,
          total: runsPerDataset,
          steering: steering(dataset, datasets),
          run,
          searchable,
        },
      ],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `${architectures} architectures on ${dataset}`,
    })
      .then(
        ({ finished, reused, diverged, failed }) => void counts.set(dataset, { finished, reused, diverged, failed }),
        (error: unknown) => void failures.push(error),
      )
      .finally(() => {
        running.delete(dataset);
        present();
        // The remaining populations share the slots that this one frees; in a cancelled study there are none to share.
        if (limitOf() !== null && running.size > 0) steerAll().catch(() => undefined);
      });
    running.set(dataset, population);
  };

  const prepare = (datasets: readonly string[]) =>
    taskGroup(
      datasets.map((dataset) => async () => {
        const presentedAs = { activityId: `prepare ${dataset}`, summary: `prepare ${dataset}` };
        await gate.holdUntilDone(`prepare ${dataset}`, () =>
          prepareDataset.executeWithOptions(presentedAs, [{ studyId, dataset }]),
        );
        progress.prepared.push(dataset);
        present();
      }),
    );

  /** Makes the populations on these datasets go through their runs again, including populations that have ended. */
  const reopen = async (datasets: readonly string[]) => {
    isReopened = true;
    const all = new Set([...running.keys(), ...datasets]);
    for (const dataset of datasets) {
      if (!running.has(dataset)) {
        startPopulation(dataset, all);
        continue;
      }
      const handle = getExternalWorkflowHandle(populationWorkflowId(studyId, dataset));
      try {
        await handle.signal(replanSignal, outline!.runsPerDataset);
      } catch {
        // The population has just ended.
        await running.get(dataset);
        startPopulation(dataset, all);
      }
    }
    // The populations that were already running now share with the others.
    if (limitOf() !== null && patched('shares-after-reopening')) await steerAll();
  };

  const describeDatasets = () => {
    progress.datasets = outline!.datasets.map((dataset) => ({
      dataset,
      workflowId: populationWorkflowId(studyId, dataset),
      runs: outline!.runsPerDataset,
    }));
  };

  setHandler(studyProgressQuery, () => progress);
  // Such a study lists no instructions.
  setHandler(cancelUpdate, () => undefined);
  setHandler(pauseUpdate, async () => {
    gate.isPaused = true;
    present();
    await steerAll();
  });
  setHandler(resumeUpdate, async () => {
    gate.isPaused = false;
    gate.release();
    await steerAll();
    await tellAll((handle) => handle.signal(releaseSignal));
  });
  setHandler(
    limitUpdate,
    async (runs: number | null) => {
      limit = runs;
      if (outline !== undefined) await steerAll();
    },
    { validator: checkLimit },
  );
  setHandler(
    retryUpdate,
    async (request: RetryRequest) => {
      await condition(() => isReady);
      const cleared = await activities.clearFailures.executeWithOptions({ summary: 'clear failed runs' }, [
        { studyId, ...request },
      ]);
      await reopen(Object.keys(cleared));
      return cleared;
    },
    { validator: checkRetry },
  );
  setHandler(
    extendUpdate,
    async (extension: StudyExtensionInput) => {
      await condition(() => isReady);
      const before = new Set(outline!.datasets);
      outline = await activities.extendStudy.executeWithOptions({ summary: 'extend the study' }, [
        { studyId, extension },
      ]);
      describeDatasets();
      const added = outline.datasets.filter((dataset) => !before.has(dataset));
      await prepare(added);
      await reopen(extension.architectures === undefined ? added : outline.datasets);
      return outline.datasets.length * outline.runsPerDataset;
    },
    { validator: checkExtension },
  );

  present();
  if (input.config !== undefined)
    await gate.holdUntilDone(
      'store the config',
      () =>
        activities.submitStudy.executeWithOptions({ summary: 'check and store the config' }, [
          { studyId, config: input.config },
        ]),
      // A config that was passed at the start cannot be corrected.
      ({ category }) => category === 'infrastructure',
    );
  outline = await gate.holdUntilDone('draw the architectures', () =>
    activities.samplePopulation.executeWithOptions({ summary: 'draw the architectures' }, [study]),
  );
  describeDatasets();

  enter('preparing');
  await prepare(outline.datasets);
  for (const dataset of outline.datasets) startPopulation(dataset, outline.datasets);
  isReady = true;

  for (;;) {
    isReopened = false;
    enter('training');
    await ended(running);
    enter('analysing');
    await gate.holdUntilDone('collect the results table', () =>
      activities.collectResults.executeWithOptions({ summary: 'collect the results table' }, [study]),
    );
    if (failures.length > 0) throw failures[0];
    if (outline.run.retain === 'extremes')
      await gate.holdUntilDone('prune artifacts', () =>
        activities.pruneArtifacts.executeWithOptions({ summary: 'keep the best and the worst networks' }, [study]),
      );
    await gate.holdUntilDone('correlate the errors between datasets', () =>
      activities.correlate.executeWithOptions({ summary: 'correlate the errors between datasets' }, [study]),
    );
    const artifacts = await gate.holdUntilDone('render the report', () =>
      activities.renderReport.executeWithOptions({ summary: 'render the report' }, [study]),
    );
    await condition(allHandlersFinished);
    if (isReopened || running.size > 0) continue;
    const runs = Object.fromEntries(outline.datasets.map((dataset) => [dataset, counts.get(dataset)!]));
    await gate.holdUntilDone('note the outcome', () =>
      activities.concludeStudy.executeWithOptions({ summary: 'note the outcome' }, [{ studyId, runs }]),
    );
    await condition(allHandlersFinished);
    if (isReopened || running.size > 0) continue;
    enter('finished');
    return { runs, artifacts };
  }
}

/** Resolves when no population is running; in a cancelled study, it waits for them before it rejects. */
async function ended(running: ReadonlyMap<string, unknown>): Promise<void> {
  try {
    await condition(() => running.size === 0);
  } catch (error) {
    await CancellationScope.nonCancellable(() => condition(() => running.size === 0));
    throw error;
  }
}
