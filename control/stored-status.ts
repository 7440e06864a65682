import { StudyDocuments } from '../store/study-documents.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readRunRecord } from '../store/run-records.ts';
import { datasetLabels } from '../study/plan.ts';
import type { DatasetStatus, StudyStatus } from './status.ts';

/** How a study stands by what is in the store, without a Temporal server; undefined where it holds no study of this id. */
export async function storedStatus(store: ArtifactStore, study: string): Promise<StudyStatus | undefined> {
  const documents = new StudyDocuments(store, study);
  const config = await documents.findConfig();
  if (config === undefined) return undefined;
  const outcome = await documents.findOutcome();
  const datasets = await Promise.all(
    datasetLabels(config).map(async (dataset): Promise<DatasetStatus> => {
      const runs = await documents.findPlan(dataset);
      const status = { dataset, total: 0, finished: 0, reused: 0, diverged: 0, failed: 0, running: [] };
      if (runs === undefined) return status;
      status.total = runs.length;
      for (const { runKey } of runs) {
        const record = await readRunRecord(store, runKey);
        if (record !== undefined)
          status[record.study === study || record.outcome !== 'finished' ? record.outcome : 'reused']++;
      }
      return status;
    }),
  );
  return {
    study,
    state: outcome === undefined ? 'stopped' : 'finished',
    stage: outcome === undefined ? null : 'finished',
    datasets,
    failure: null,
    secondsLeft: null,
  };
}
