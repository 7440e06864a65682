import { StudyDocuments } from '../store/study-documents.ts';
import type { Client } from '@temporalio/client';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readRunRecord } from '../store/run-records.ts';
import { ConfigError } from '../core/errors.ts';
import { datasetLabels } from '../study/plan.ts';
import { liveStatus } from './live-status.ts';
import type { StudyStatus } from './status.ts';
import { storedStatus } from './stored-status.ts';

/** Ids of the studies in a store, sorted. */
export async function studyIds(store: ArtifactStore): Promise<string[]> {
  const names = await store.list('studies/');
  return names.flatMap((name) => /^studies\/([^/]+)\/config\.json$/.exec(name)?.[1] ?? []);
}

/** The error for a study that a store is invalid: names those that there are. */
export async function noSuchStudy(store: ArtifactStore, study: string): Promise<ConfigError> {
  const ids = await studyIds(store);
  return new ConfigError(`There is no study ${study} in ${store.location}`, [
    ids.length === 0 ? 'there is none at all yet' : `there are ${ids.join(', ')}`,
  ]);
}

/**
 * How a study stands: as its workflow tells where there is a client, else by what is in the store.
 * @throws ConfigError naming the studies that there are, where this is none of them
 */
export async function studyStatus(
  store: ArtifactStore,
  client: Client | undefined,
  study: string,
): Promise<StudyStatus> {
  const live = client === undefined ? undefined : await liveStatus(client, study);
  if (live?.state === 'running') return live;
  const status = (await storedStatus(store, study)) ?? live;
  if (status === undefined) throw await noSuchStudy(store, study);
  return live === undefined || status.state === 'finished'
    ? status
    : { ...status, state: live.state, failure: live.failure };
}

export interface RunFailure {
  dataset: string;
  /** E.g. `arch-017`. */
  run: string;
  failure: string;
}

/** The runs of a study that failed or diverged, with what happened. */
export async function runFailures(store: ArtifactStore, study: string): Promise<RunFailure[]> {
  const documents = new StudyDocuments(store, study);
  const failures: RunFailure[] = [];
  for (const dataset of datasetLabels(await documents.config()))
    for (const { runKey, name } of (await documents.findPlan(dataset)) ?? []) {
      const record = await readRunRecord(store, runKey);
      if (record !== undefined && record.outcome !== 'finished')
        failures.push({ dataset, run: name, failure: record.failure ?? record.outcome });
    }
  return failures;
}
