import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DataActivities, StudyActivities, StudyArtifacts, StudyOutline } from '../activities/contract.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { RetryRequest } from '../lib/study/instruction.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { earlierStudy } from './earlier-study.ts';
import { Gate } from './gate.ts';
import {
  checkExtension,
  checkInstruction,
  checkLimit,
  checkRetry,
  instructionId,
  refuse,
} from './instruction-checks.ts';
import { Journal } from './journal.ts';
import {
  cancelUpdate,
  extendUpdate,
  limitUpdate,
  pauseUpdate,
  populationWorkflowId,
  resumeUpdate,
  retryUpdate,
  studyProgressQuery,
  type StudyProgress,
} from './messages.ts';
import { dataPreparation, lightWork } from './policies.ts';
import { Populations } from './populations.ts';
import { Presentation } from './presentation.ts';
import { checkStudyInput, type StudyInput } from './study-input.ts';
import { taskGroup } from './task-group.ts';

const activities = proxyActivities<StudyActivities>(lightWork);
const { prepareDataset } = proxyActivities<DataActivities>(dataPreparation);

/** The result of a finished study's workflow. */
export interface StudyCompletion {
  /** Keyed by the label of the dataset. */
  runs: Record<string, RunCounts>;
  artifacts: StudyArtifacts;
}

/** Maximum number of instructions that a study's progress lists. */
const mostInstructions = 20;

/**
 * Runs a study from its config to its report. All datasets are prepared before the first training, so that a study that lacks one stops
 * before any work is spent. It can be steered while it runs, and started again to be extended or retried.
 */
export async function studyWorkflow(input: StudyInput): Promise<StudyCompletion> {
  checkStudyInput(input);
  if (!patched('instructions')) return earlierStudy(input);
  const { studyId = workflowInfo().workflowId } = input;
  const study = { studyId };
  const progress: StudyProgress = {
    stage: 'sampling',
    ...{ isPaused: false, hold: null, prepared: [], datasets: [], instructions: [] },
  };
  const presentation = new Presentation(input.searchable ?? false, study);
  const present = () => {
    progress.isPaused = gate.isPaused;
    progress.hold = gate.hold;
    progress.instructions = journal
      .latest(mostInstructions)
      .map(({ id, kind, at, summary }) => ({ id, kind, at, summary }));
    presentation.study(progress, populations.failedRuns);
  };
  const enter = (stage: StudyProgress['stage']) => {
    progress.stage = stage;
    present();
  };
  const gate = new Gate({ onChange: present });
  const journal = new Journal({
    write: (instructions) =>
      activities.noteInstructions.executeWithOptions({ summary: 'note what operators said' }, [
        { studyId, instructions },
      ]),
    onChange: present,
  });
  let limit: number | null | undefined;
  let outline: StudyOutline | undefined;
  /** For a cancellation by Temporal's own tools, which give no id. */
  let cancellationId = `cancelled-${workflowInfo().runId}`;

  const prepare = async (dataset: string) => {
    if (progress.prepared.includes(dataset)) return;
    const presentedAs = { activityId: `prepare ${dataset}`, summary: `prepare ${dataset}` };
    await gate.holdUntilDone(`prepare ${dataset}`, () =>
      prepareDataset.executeWithOptions(presentedAs, [{ studyId, dataset }]),
    );
    progress.prepared.push(dataset);
    present();
  };
  const populations = new Populations({
    studyId,
    get outline() {
      return outline!;
    },
    get isPaused() {
      return gate.isPaused;
    },
    get limit() {
      return limit === undefined ? (outline?.concurrentRuns ?? null) : limit;
    },
    get searchable() {
      return presentation.searchable;
    },
    isPrepared: (dataset) => progress.prepared.includes(dataset),
    prepare,
    onChange: present,
  });
  const follow = (next: StudyOutline) => {
    outline = next;
    progress.datasets = outline.datasets.map((dataset) => ({
      dataset,
      workflowId: populationWorkflowId(studyId, dataset),
      runs: next.runsPerDataset,
    }));
  };

  let lastInOrder: Promise<unknown> = Promise.resolve();
  /** Carries out lengthy instructions one after another, once the architectures are drawn. */
  const inOrder = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = lastInOrder.then(async () => {
      if (outline === undefined) await condition(() => outline !== undefined);
      return work();
    });
    lastInOrder = done.catch(() => undefined);
    return done;
  };

  setHandler(studyProgressQuery, () => progress);
  setHandler(
    cancelUpdate,
    () => {
      cancellationId = instructionId();
    },
    { validator: checkInstruction },
  );
  setHandler(
    pauseUpdate,
    () => {
      gate.isPaused = true;
      journal.note({ kind: 'pause', id: instructionId(), summary: 'paused' });
    },
    { validator: checkInstruction },
  );
  setHandler(
    resumeUpdate,
    () => {
      gate.isPaused = false;
      gate.release();
      populations.release();
      journal.note({ kind: 'resume', id: instructionId(), summary: 'resumed' });
    },
    { validator: checkInstruction },
  );
  setHandler(
    limitUpdate,
    (concurrentRuns: number | null) => {
      limit = concurrentRuns;
      const runs = concurrentRuns === 1 ? '1 run' : `${concurrentRuns} runs`;
      const summary = concurrentRuns === null ? 'limit removed' : `limited to ${runs} at a time`;
      journal.note({ kind: 'limit', id: instructionId(), summary, concurrentRuns });
    },
    { validator: checkLimit },
  );
  setHandler(
    retryUpdate,
    (request: RetryRequest) => {
      const id = instructionId();
      return inOrder(async () => {
        const { dataset, architecture, from } = request;
        const { datasets } = outline!;
        if (dataset !== undefined && !datasets.includes(dataset))
          refuse(`dataset must be one of ${datasets.join(', ')}, got ${JSON.stringify(dataset)}`);
        const cleared: Record<string, number> = {};
        await taskGroup(
          (dataset === undefined ? datasets : [dataset]).map((label) => async () => {
            const runs = await activities.clearFailedRuns.executeWithOptions(
              { summary: `clear the failed runs on ${label}` },
              [
                {
                  studyId,
                  dataset: label,
                  instructionId: id,
                  from,
                  ...(architecture !== undefined && { architecture }),
                },
              ],
            );
            if (runs === 0) return;
            cleared[label] = runs;
            populations.request(label);
          }),
        );
        const total = Object.values(cleared).reduce((sum, runs) => sum + runs, 0);
        const where = Object.keys(cleared).length === 1 ? ` on ${Object.keys(cleared)[0]}` : '';
        const summary = `retried ${total} failed ${total === 1 ? 'run' : 'runs'}${where}`;
        journal.note({ kind: 'retry', id, summary, request, cleared });
        return cleared;
      });
    },
    { validator: checkRetry },
  );
  setHandler(
    extendUpdate,
    (extension: StudyExtensionInput) => {
      const instruction = { id: instructionId(), at: journal.time() };
      return inOrder(async () => {
        const before = outline!;
        const { instruction: noted, ...extended } = await activities.extendStudy.executeWithOptions(
          { summary: 'extend the study' },
          [{ studyId, extension, instruction }],
        );
        follow(extended);
        journal.noteStored(noted);
        for (const dataset of extended.datasets)
          if (extended.runsPerDataset !== before.runsPerDataset || !before.datasets.includes(dataset))
            populations.request(dataset);
        return noted.runs;
      });
    },
    { validator: checkExtension },
  );

  const analyze = async (): Promise<StudyArtifacts> => {
    await gate.holdUntilDone('collect the results table', () =>
      activities.collectResults.executeWithOptions({ summary: 'collect the results table' }, [study]),
    );
    if (populations.failures.length > 0) throw populations.failures[0];
    if (outline!.run.retain === 'extremes')
      await gate.holdUntilDone('prune artifacts', () =>
        activities.pruneArtifacts.executeWithOptions({ summary: 'keep the best and the worst networks' }, [study]),
      );
    await gate.holdUntilDone('correlate the errors between datasets', () =>
      activities.correlate.executeWithOptions({ summary: 'correlate the errors between datasets' }, [study]),
    );
    return gate.holdUntilDone('render the report', () =>
      activities.renderReport.executeWithOptions({ summary: 'render the report' }, [study]),
    );
  };
  /** Resolves when all operators' instructions have been carried out and are in the store. */
  const allInstructionsFollowed = async () => {
    do {
      await condition(allHandlersFinished);
      await journal.written();
    } while (!allHandlersFinished());
  };

  const carryOut = async (): Promise<StudyCompletion> => {
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
    const { searchable, instructions, ...drawn } = await gate.holdUntilDone('draw the architectures', () =>
      activities.samplePopulation.executeWithOptions({ summary: 'draw the architectures' }, [study]),
    );
    presentation.searchable ||= searchable;
    follow(drawn);
    journal.precede(instructions);

    enter('preparing');
    const unprepared = () => outline!.datasets.filter((dataset) => !progress.prepared.includes(dataset));
    while (unprepared().length > 0) await taskGroup(unprepared().map((dataset) => () => prepare(dataset)));
    for (const dataset of outline!.datasets) if (!populations.has(dataset)) populations.request(dataset);

    for (;;) {
      enter('training');
      await populations.finish();
      enter('analysing');
      const artifacts = await analyze();
      await allInstructionsFollowed();
      if (!populations.isIdle) continue;
      const runs = Object.fromEntries(outline!.datasets.map((dataset) => [dataset, populations.counts(dataset)!]));
      await gate.holdUntilDone('note the outcome', () =>
        activities.concludeStudy.executeWithOptions({ summary: 'note the outcome' }, [{ studyId, runs }]),
      );
      await allInstructionsFollowed();
      if (populations.isIdle) {
        enter('finished');
        return { runs, artifacts };
      }
      // An operator gave another instruction at the last moment.
      await gate.holdUntilDone('reopen the study', () =>
        activities.reopenStudy.executeWithOptions({ summary: 'reopen the study' }, [study]),
      );
    }
  };

  try {
    return await carryOut();
  } catch (error) {
    const isCancelled = CancellationScope.current().consideredCancelled;
    if (isCancelled) journal.note({ kind: 'cancel', id: cancellationId, summary: 'cancelled' });
    presentation.end(isCancelled ? 'cancelled' : 'failed', populations.failedRuns);
    await journal.writtenAtEnd();
    // The loss of a worker meanwhile does not turn a cancelled study into a failed one.
    throw isCancelled && !isCancellation(error) ? new CancelledFailure('the study was cancelled') : error;
  }
}
