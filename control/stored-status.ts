import { ArtifactError } from '../lib/core/errors.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { readRunRecord } from '../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import type { StudyConfig } from '../lib/study/config.ts';
import { datasetLabels } from '../lib/study/plan.ts';
import { unknownStanding, type DatasetStatus, type StudyStanding } from './status.ts';

/**
 * The state of a study according to the store, without a Temporal server; undefined if the store has no study with this id. Reads
 * all records of the study.
 */
export async function storedStatus(store: ArtifactStore, studyId: string): Promise<StudyStanding | undefined> {
  const documents = new StudyDocuments(store, studyId);
  const common = unknownStanding(studyId);
  let config: StudyConfig | undefined;
  try {
    config = await documents.findConfig();
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return { ...common, state: 'unreadable', stage: null, failure: error.message };
  }
  if (config === undefined) return undefined;
  const outcome = await documents.findOutcome();
  const datasets = await Promise.all(
    datasetLabels(config).map(async (dataset): Promise<DatasetStatus> => {
      const status = { dataset, total: 0, finished: 0, reused: 0, diverged: 0, failed: 0 };
      for (const { runKey } of await documents.plan(dataset)) {
        status.total++;
        const record = await readRunRecord(store, runKey);
        if (record !== undefined)
          status[record.studyId === studyId || record.outcome !== 'finished' ? record.outcome : 'reused']++;
      }
      return { ...status, running: [], hold: null, failures: null };
    }),
  );
  const instructions = (await documents.instructions()).map(({ id, kind, at, summary }) => ({ id, kind, at, summary }));
  return outcome === undefined
    ? { ...common, instructions, state: 'stopped', stage: null, datasets }
    : { ...common, instructions, state: 'finished', stage: 'finished', datasets };
}
