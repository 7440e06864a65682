import { ParentClosePolicy, executeChild, proxyActivities, setHandler } from '@temporalio/workflow';
import type { DataActivities, StudyActivities, StudyArtifacts } from '../activities/contract.ts';
import { populationWorkflowId, studyProgressQuery, type StudyProgress } from './messages.ts';
import { dataPreparation, lightWork } from './policies.ts';
import { populationWorkflow } from './population.ts';
import { taskGroup } from './task-group.ts';
import type { RunCounts } from '../study/outcome.ts';

const { samplePopulation, collectResults, correlate, renderReport, concludeStudy } =
  proxyActivities<StudyActivities>(lightWork);
const { prepareDataset } = proxyActivities<DataActivities>(dataPreparation);

export interface StudyInput {
  /** Id of the study, under which its config lies in the artifact store. */
  study: string;
}

export interface StudyResult {
  /** By dataset. */
  runs: Record<string, RunCounts>;
  artifacts: StudyArtifacts;
}

/**
 * A study from its config to its report. All datasets are prepared before the first training, so that a study that lacks one
 * ends before anything is spent.
 */
export async function studyWorkflow({ study }: StudyInput): Promise<StudyResult> {
  const progress: StudyProgress = { stage: 'sampling', prepared: [], datasets: [] };
  setHandler(studyProgressQuery, () => progress);

  const outline = await samplePopulation.executeWithOptions({ summary: 'draw the architectures' }, [{ study }]);
  const { datasets, architectures, runsPerDataset, concurrentRunsPerDataset, attempts } = outline;
  progress.datasets = datasets.map((dataset) => ({
    dataset,
    workflowId: populationWorkflowId(study, dataset),
    runs: runsPerDataset,
  }));

  progress.stage = 'preparing';
  await taskGroup(
    datasets.map((dataset) => async () => {
      const presentedAs = { activityId: `prepare ${dataset}`, summary: `prepare ${dataset}` };
      await prepareDataset.executeWithOptions(presentedAs, [{ study, dataset }]);
      progress.prepared.push(dataset);
    }),
  );

  progress.stage = 'training';
  const counts = await taskGroup(
    datasets.map(
      (dataset) => () =>
        executeChild(populationWorkflow, {
          workflowId: populationWorkflowId(study, dataset),
          args: [{ study, dataset, total: runsPerDataset, concurrentRuns: concurrentRunsPerDataset, attempts }],
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          staticSummary: `${architectures} architectures on ${dataset}`,
        }),
    ),
  );

  progress.stage = 'analysing';
  await collectResults.executeWithOptions({ summary: 'collect the results table' }, [{ study }]);
  await correlate.executeWithOptions({ summary: 'correlate the errors between datasets' }, [{ study }]);
  const artifacts = await renderReport.executeWithOptions({ summary: 'render the report' }, [{ study }]);

  const runs = Object.fromEntries(datasets.map((dataset, index) => [dataset, counts[index]!]));
  await concludeStudy.executeWithOptions({ summary: 'note the outcome' }, [{ studyId: study, runs }]);

  progress.stage = 'finished';
  return { runs, artifacts };
}
