import { ConfigError } from '../lib/core/errors.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { readRunRecord, type RunRecord } from '../lib/study/documents/run-record.ts';
import { studyArtifacts, StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { datasetLabels } from '../lib/study/plan.ts';
import { studyIdSchema } from '../lib/study/study-id.ts';
import { isSilent, isUnderWay, unknownStanding, withTotals, type StudyStanding, type StudyStatus } from './status.ts';
import { storedStatus } from './stored-status.ts';
import { NoServer, ServerAway, type StudyServer } from './study-server.ts';

/** Lists the ids of the studies in a store, sorted. */
export async function studyIds(store: ArtifactStore): Promise<string[]> {
  const ids = (await store.children('studies/')).filter((id) => studyIdSchema.safeParse(id).success);
  const isSubmitted = await Promise.all(ids.map((id) => store.has(studyArtifacts(id).config)));
  return ids.filter((_, index) => isSubmitted[index]);
}

/** Makes the error for a study that is not in a store, which lists those that are. */
export async function noSuchStudy(store: ArtifactStore, studyId: string): Promise<ConfigError> {
  const ids = await studyIds(store);
  return new ConfigError(`There is no study ${studyId} in ${store.location}`, [
    ids.length === 0 ? 'it has no studies yet' : `it has ${ids.join(', ')}`,
  ]);
}

/**
 * Returns the status of a study: from its workflow if there is a server, else from the store.
 * @param known status found in the store a moment ago: nothing changes there while no worker is running, and reading all records of a large
 *   study takes a while
 * @throws ConfigError listing the existing studies if this is not one of them
 */
export async function studyStatus(
  store: ArtifactStore,
  server: StudyServer,
  studyId: string,
  known?: StudyStanding,
): Promise<StudyStatus> {
  const live = await standingOn(server, studyId);
  if (live !== undefined && isUnderWay(live.state) && !isSilent(live)) return withTotals(live);
  const stored = known ?? (await storedStatus(store, studyId));
  if (stored === undefined) {
    if (live !== undefined) return withTotals(live);
    throw await noSuchStudy(store, studyId);
  }
  return withTotals(
    live === undefined || stored.state === 'finished' || stored.state === 'unreadable'
      ? stored
      : { ...stored, state: live.state, failure: live.failure },
  );
}

/** Returns the state of a study according to a server; undefined if there is no server or it does not know the study. */
async function standingOn(server: StudyServer, studyId: string): Promise<StudyStanding | undefined> {
  try {
    // Without a server, the library is not loaded.
    return await server.ask(async (client) => (await import('./live-status.ts')).liveStatus(client, studyId));
  } catch (error) {
    if (error instanceof NoServer) return undefined;
    if (!(error instanceof ServerAway)) throw error;
    return { ...unknownStanding(studyId), state: 'unreachable' };
  }
}

/** A run that failed or diverged, and why. */
export interface UnfinishedRun {
  dataset: string;
  /** E.g. `arch-017`. */
  run: string;
  failure: NonNullable<RunRecord['failure']>;
}

/**
 * Lists the runs of a study that failed or diverged.
 * @param findRecord finds the record of a run, by default in the store
 */
export async function unfinishedRuns(
  store: ArtifactStore,
  studyId: string,
  findRecord: (runKey: string) => Promise<RunRecord | undefined> = (runKey) => readRunRecord(store, runKey),
): Promise<UnfinishedRun[]> {
  const documents = new StudyDocuments(store, studyId);
  const runs: UnfinishedRun[] = [];
  for (const dataset of datasetLabels(await documents.config()))
    for (const { runKey, name } of await documents.plan(dataset)) {
      const record = await findRecord(runKey);
      if (record !== undefined && record.failure !== null) runs.push({ dataset, run: name, failure: record.failure });
    }
  return runs;
}
