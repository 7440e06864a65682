import {
  allHandlersFinished,
  ApplicationFailure,
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
import type {
  DataActivities,
  RetryRequest,
  StudyActivities,
  StudyArtifacts,
  StudyOutline,
} from '../activities/contract.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { Gate } from './gate.ts';
import {
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
  type PopulationSteering,
  type StudyProgress,
} from './messages.ts';
import { dataPreparation, lightWork } from './policies.ts';
import { populationWorkflow } from './population.ts';
import { Presentation } from './presentation.ts';
import { shareOf } from './shares.ts';
import { taskGroup } from './task-group.ts';

const activities = proxyActivities<StudyActivities>(lightWork);
const { prepareDataset } = proxyActivities<DataActivities>(dataPreparation);

export interface StudyInput {
  /** Id of the study in the artifact store; the workflow's own id if absent. */
  studyId?: string;
  /** Its config, if that is not in the store yet: for schedules and Temporal's own command line. */
  config?: unknown;
  /** Whether the server has the search attributes of studies. */
  searchable?: boolean;
}

export interface StudyResult {
  /** Keyed by the label of the dataset. */
  runs: Record<string, RunCounts>;
  artifacts: StudyArtifacts;
}

/**
 * Runs a study from its config to its report. All datasets are prepared before the first training, so that a study that lacks one
 * stops before anything is spent. It can be steered while it runs, and started again to be extended or retried.
 */
export async function studyWorkflow(input: StudyInput): Promise<StudyResult> {
  checkInput(input);
  const { studyId = workflowInfo().workflowId, searchable = false } = input;
  const study = { studyId };
  const progress: StudyProgress = { stage: 'sampling', isPaused: false, hold: null, prepared: [], datasets: [] };
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
  /** Whether there are runs to train that the last analysis does not cover. */
  let isReopened: boolean;
  let limit: number | null | undefined;
  let outline: StudyOutline | undefined;
  let isReady = false;
  const enter = (stage: StudyProgress['stage']) => {
    progress.stage = stage;
    present();
  };

  const limitOf = () => (limit === undefined ? (outline?.concurrentRuns ?? null) : limit);
  /** What to tell the population on a dataset while those on `datasets`, including itself, share the limit of the study. */
  const steering = (dataset: string, datasets: Iterable<string> = running.keys()): PopulationSteering => {
    const { concurrentRunsPerDataset, reference } = outline!;
    const share = shareOf(dataset, [...datasets], limitOf(), reference);
    return { isPaused: gate.isPaused, window: Math.min(concurrentRunsPerDataset, share) };
  };
  /** Sends a message to the running populations; ignores failures, as a population may just have ended. */
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

  /** @param datasets those of all populations that will run */
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
        // The populations that still run share the slots that this one frees; in a cancelled study there are none to share.
        if (limitOf() !== null && running.size > 0) steerAll().catch(() => undefined);
      });
    running.set(dataset, population);
  };

  const prepare = (datasets: readonly string[]) =>
    taskGroup(
      datasets.map((dataset) => async () => {
        const presentedAs = { activityId: `prepare ${dataset}`, summary: `prepare ${dataset}` };
        await gate.insist(`prepare ${dataset}`, () =>
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
        // It has just ended.
        await running.get(dataset);
        startPopulation(dataset, all);
      }
    }
    // Those that were running share with the others now.
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
    await gate.insist(
      'store the config',
      () =>
        activities.submitStudy.executeWithOptions({ summary: 'check and store the config' }, [
          { studyId, config: input.config },
        ]),
      // A config that was passed to the start is not changed.
      ({ category }) => category === 'infrastructure',
    );
  outline = await gate.insist('draw the architectures', () =>
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
    await gate.insist('collect the results table', () =>
      activities.collectResults.executeWithOptions({ summary: 'collect the results table' }, [study]),
    );
    if (failures.length > 0) throw failures[0];
    if (outline.run.retain === 'extremes')
      await gate.insist('prune artifacts', () =>
        activities.pruneArtifacts.executeWithOptions({ summary: 'keep the best and the worst networks' }, [study]),
      );
    await gate.insist('correlate the errors between datasets', () =>
      activities.correlate.executeWithOptions({ summary: 'correlate the errors between datasets' }, [study]),
    );
    const artifacts = await gate.insist('render the report', () =>
      activities.renderReport.executeWithOptions({ summary: 'render the report' }, [study]),
    );
    await condition(allHandlersFinished);
    if (isReopened || running.size > 0) continue;
    const runs = Object.fromEntries(outline.datasets.map((dataset) => [dataset, counts.get(dataset)!]));
    await gate.insist('note the outcome', () =>
      activities.concludeStudy.executeWithOptions({ summary: 'note the outcome' }, [{ studyId, runs }]),
    );
    await condition(allHandlersFinished);
    if (isReopened || running.size > 0) continue;
    enter('finished');
    return { runs, artifacts };
  }
}

/** Settles when no population is running; waits for those of a cancelled study, too. */
async function ended(running: ReadonlyMap<string, unknown>): Promise<void> {
  try {
    await condition(() => running.size === 0);
  } catch (error) {
    await CancellationScope.nonCancellable(() => condition(() => running.size === 0));
    throw error;
  }
}

const refuse = (message: string): never => {
  throw ApplicationFailure.nonRetryable(message, 'usage');
};

function checkInput(input: StudyInput | undefined): void {
  if (typeof input !== 'object' || input === null)
    refuse('The input of a study must be an object such as {"studyId": "mine"}');
  const { studyId, config } = input!;
  if (studyId !== undefined && typeof studyId !== 'string')
    refuse(`studyId must be of type string, got ${JSON.stringify(studyId)}`);
  if (config !== undefined && (typeof config !== 'object' || config === null))
    refuse(`config must be a study config, got ${JSON.stringify(config)}`);
}

function checkLimit(runs: number | null): void {
  if (runs !== null && !(Number.isInteger(runs) && runs > 0))
    refuse(`The limit must be a positive integer or null, got ${JSON.stringify(runs)}`);
}

function checkRetry({ from }: RetryRequest): void {
  if (!['checkpoint', 'scratch'].includes(from))
    refuse(`from must be one of "checkpoint", "scratch", got ${JSON.stringify(from)}`);
}

function checkExtension({ architectures, datasets }: StudyExtensionInput): void {
  if (architectures === undefined && !(datasets !== undefined && datasets.length > 0))
    refuse('An extension must name architectures or datasets');
  if (architectures !== undefined && !(Number.isInteger(architectures) && architectures > 0))
    refuse(`architectures must be a positive integer, got ${JSON.stringify(architectures)}`);
}
