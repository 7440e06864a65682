import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { runRecordSchema, type RunRecord } from './run-record.ts';

const recordName = (runKey: string) => `runs/${runKey}/record.json`;

/**
 * The record of a run; undefined where the run has none yet.
 * @throws ArtifactError naming the artifact where it is damaged
 */
export async function readRunRecord(store: ArtifactStore, runKey: string): Promise<RunRecord | undefined> {
  const name = recordName(runKey);
  const content = await store.get(name);
  return content && parseJsonWith(runRecordSchema, content.toString(), name, ArtifactError);
}

/** Puts the record of a run into the store, in place of the one that it has. */
export function writeRunRecord(store: ArtifactStore, record: RunRecord): Promise<void> {
  return store.put(recordName(record.runKey), `${JSON.stringify(runRecordSchema.parse(record), undefined, 2)}\n`);
}
