import { ArtifactError } from '../lib/core/errors.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { readRunRecord } from '../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { countedAs } from '../lib/study/outcome.ts';
import { datasetLabels } from '../lib/study/plan.ts';
import { unknownStanding, type DatasetStatus, type StudyStanding } from './status.ts';

/**
 * Returns the state of a study according to the store, without a Temporal server; undefined if the store has no study with this id. Reads
 * all records of the study. A study with a damaged document is `unreadable`, and its failure names the document.
 */
export async function storedStatus(store: ArtifactStore, studyId: string): Promise<StudyStanding | undefined> {
  try {
    return await readStatus(store, studyId);
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return { ...unknownStanding(studyId), state: 'unreadable', stage: null, failure: error.message };
  }
}

async function readStatus(store: ArtifactStore, studyId: string): Promise<StudyStanding | undefined> {
  const documents = new StudyDocuments(store, studyId);
  const config = await documents.findConfig();
  if (config === undefined) return undefined;
  const outcome = await documents.findOutcome();
  const datasets = await Promise.all(
    datasetLabels(config).map(async (dataset): Promise<DatasetStatus> => {
      const status = { dataset, total: 0, finished: 0, reused: 0, diverged: 0, failed: 0 };
      for (const { runKey } of await documents.plan(dataset)) {
        status.total++;
        const record = await readRunRecord(store, runKey);
        const counted = record && countedAs(record.outcome, record.studyId === studyId);
        if (counted !== undefined) status[counted]++;
      }
      return { ...status, running: [], hold: null, failures: null };
    }),
  );
  const instructions = (await documents.instructions()).map(({ id, kind, at, summary }) => ({ id, kind, at, summary }));
  const known = { ...unknownStanding(studyId), instructions, datasets };
  return outcome === undefined
    ? { ...known, state: 'stopped', stage: null }
    : { ...known, state: 'finished', stage: 'finished' };
}
