import { ConfigError, parseWith } from '../study/config.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { runRecordSchema, type RunRecord } from './run-record.ts';

const recordName = (runKey: string) => `runs/${runKey}/record.json`;

/**
 * The record of a run; undefined where the run has none yet.
 * @throws ConfigError naming the artifact where it is damaged
 */
export async function readRunRecord(store: ArtifactStore, runKey: string): Promise<RunRecord | undefined> {
  const name = recordName(runKey);
  const content = await store.get(name);
  return content && parseWith(runRecordSchema, parseJson(content.toString(), name), `${name} does not hold`);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${name} is no JSON`, [(error as Error).message]);
  }
}

/** Puts the record of a run into the store, in place of the one that it has. */
export function writeRunRecord(store: ArtifactStore, record: RunRecord): Promise<void> {
  return store.put(recordName(record.runKey), `${JSON.stringify(runRecordSchema.parse(record), undefined, 2)}\n`);
}
