import type { ArtifactStore } from '../../lib/store/artifact-store.ts';
import { readRunRecord, type RunRecord } from '../../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { datasetLabels } from '../../lib/study/plan.ts';

/** Returns a record without the fields that depend on the study that made it or on time. */
type Comparable = Omit<RunRecord, 'timings'> & { timings: null };

/** Returns the records of a study's runs by key, reduced to the fields on which two studies of the same runs must agree. */
export async function comparableRecords(store: ArtifactStore, studyId: string): Promise<Map<string, Comparable>> {
  const documents = new StudyDocuments(store, studyId);
  const records = new Map<string, Comparable>();
  for (const dataset of datasetLabels(await documents.config()))
    for (const { runKey } of await documents.plan(dataset))
      records.set(runKey, { ...(await readRunRecord(store, runKey))!, studyId: '', timings: null });
  return records;
}
