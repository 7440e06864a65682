import type { ArtifactStore } from '../store/artifact-store.ts';
import { readRunRecord, withoutResult, type RunRecord } from '../study/documents/run-record.ts';
import { studyArtifacts } from '../study/documents/study-documents.ts';
import type { FindRecord } from './collect-results.ts';
import { parseLargeResults } from './results-table.ts';

export type Failure = NonNullable<RunRecord['failure']>;

/**
 * The failures in the results table of a study whose runs other studies, which share them, have tried again since, by their keys. If there are
 * any, the files of the study are older than its records: `writeStudyFiles` brings them up to date.
 * @throws ArtifactError if the table or one of these records is damaged
 */
export async function earlierFailures(store: ArtifactStore, studyId: string): Promise<Map<string, Failure>> {
  const found = new Map<string, Failure>();
  const name = studyArtifacts(studyId).results;
  const table = await store.get(name);
  if (table === undefined) return found;
  for (const { runKey, outcome, failureCategory, failure: message } of await parseLargeResults(table, name)) {
    if (outcome !== 'failed' || typeof runKey !== 'string') continue;
    const record = await readRunRecord(store, runKey);
    if (record === undefined || record.studyId === studyId) continue;
    const failure = { category: failureCategory, message } as Failure;
    const isSame = record.failure?.category === failure.category && record.failure.message === failure.message;
    if (!isSame) found.set(runKey, failure);
  }
  return found;
}

/** Finds records as they were when these failures were all that was known of their runs. */
export function asBefore(failures: ReadonlyMap<string, Failure>, find: FindRecord): FindRecord {
  return async (runKey) => {
    const record = await find(runKey);
    const failure = failures.get(runKey);
    if (record === undefined || failure === undefined) return record;
    const timings = { ...record.timings, trainingSeconds: 0, evaluationSeconds: 0 };
    const failed = { ...record, ...withoutResult(record.versions['engine']!, failure), timings };
    delete failed.predictions;
    return failed;
  };
}
