import {
  QueryNotRegisteredError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import { z } from 'zod';
import type { RunCounts } from '../lib/study/outcome.ts';
import {
  populationProgressQuery,
  studyProgressQuery,
  type PopulationResult,
  type StudyProgress,
} from '../workflows/messages.ts';
import type { populationWorkflow } from '../workflows/population.ts';
import { innermostMessage } from './innermost-message.ts';
import {
  settled,
  unknownStanding,
  type DatasetStatus,
  type RunningRun,
  type StudyState,
  type StudyStanding,
  type WaitingRetry,
} from './status.ts';

/** Milliseconds to wait for a workflow's answer; without a worker for the workflow, none comes. */
const patience = 3000;

/**
 * Returns the state of a study according to its workflows and the heartbeats of its activities; undefined if the server knows no workflow
 * with this id. The state is `unreachable` if the server does not answer, and `waiting` if no worker does; the datasets are then unknown.
 */
export async function liveStatus(client: Client, studyId: string): Promise<StudyStanding | undefined> {
  const handle = client.workflow.getHandle(studyId);
  const patiently = <T>(ask: () => Promise<T>) => client.withDeadline(Date.now() + patience, ask);
  const unknown = unknownStanding(studyId);
  let description: WorkflowExecutionDescription;
  try {
    description = await patiently(() => handle.describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (error instanceof ServiceError) return { ...unknown, state: 'unreachable' };
    throw error;
  }
  const state = stateOf(description);
  const failure = state === 'failed' ? await patiently(() => failureOf(handle)).catch(unlessAbsent) : undefined;
  const unanswered: StudyStanding = { ...unknown, state, failure: failure ?? null, retries: retriesOf(description) };
  const progress = await patiently(() => handle.query(studyProgressQuery)).catch(unlessAbsent);
  if (progress === undefined) return { ...unanswered, state: state === 'running' ? 'waiting' : state };
  const populations =
    (await patiently(() => Promise.all(progress.datasets.map((dataset) => populationStatus(client, dataset)))).catch(
      unlessAbsent,
    )) ?? [];
  const datasets = populations.map(({ status }) => status);
  const retries = [...unanswered.retries, ...populations.flatMap((population) => population.retries)];
  // A study that a version before 0.2 started does not list them.
  const { instructions = [] }: Partial<StudyProgress> = progress;
  const status = { ...unanswered, stage: progress.stage, datasets, instructions, retries };
  return state === 'running' ? { ...status, ...standing(progress, datasets) } : status;
}

/** Returns whether a running study is held or paused: it is running as long as one of its populations is. */
function standing(
  { isPaused, hold }: StudyProgress,
  datasets: readonly DatasetStatus[],
): Pick<StudyStanding, 'state' | 'failure'> {
  // A population that its last runs put on hold has not ended, although no runs are left.
  const unfinished = datasets.filter((dataset) => settled(dataset) < dataset.total || dataset.hold !== null);
  const held = unfinished.filter((dataset) => dataset.hold !== null);
  const first = hold ?? held[0]?.hold ?? null;
  const reason = first === null ? null : `${first.what}: ${first.reason}`;
  const isHeld = hold !== null || (unfinished.length > 0 && held.length === unfinished.length);
  return { state: isHeld ? 'held' : isPaused ? 'paused' : 'running', failure: reason };
}

/** Returns undefined for an error that means that something does not exist or does not answer; rethrows others. */
function unlessAbsent(error: unknown): undefined {
  if (
    error instanceof WorkflowNotFoundError ||
    error instanceof QueryNotRegisteredError ||
    error instanceof ServiceError
  )
    return undefined;
  throw error;
}

/** Says in one sentence why a study failed. */
async function failureOf(handle: WorkflowHandle): Promise<string | null> {
  try {
    await handle.result();
    return null;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return innermostMessage(error);
  }
}

async function populationStatus(
  client: Client,
  { dataset, workflowId, runs }: StudyProgress['datasets'][number],
): Promise<{ status: DatasetStatus; retries: WaitingRetry[] }> {
  const handle = client.workflow.getHandle<typeof populationWorkflow>(workflowId);
  try {
    const description = await handle.describe();
    if (description.status.name === 'COMPLETED')
      return { status: { dataset, ...(await resultOf(handle)) }, retries: [] };
    const { total, finished, reused, diverged, failed, hold, failures } = await handle.query(populationProgressQuery);
    const running = runningRuns(description);
    const status = { dataset, total, finished, reused, diverged, failed, running, hold, failures };
    return {
      status,
      retries: retriesOf(description).map((retry) => ({ ...retry, what: `${retry.what} on ${dataset}` })),
    };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    // The population's workflow starts once all datasets are prepared.
    const counts = { finished: 0, reused: 0, diverged: 0, failed: 0 };
    const status = { dataset, total: runs, ...counts, running: [], hold: null, failures: null };
    return { status, retries: [] };
  }
}

/** Returns the result of an ended population without a query, for which a worker would replay its whole history each time. */
async function resultOf(handle: WorkflowHandle<typeof populationWorkflow>): Promise<Omit<DatasetStatus, 'dataset'>> {
  // An earlier version did not report failures.
  const {
    failures = null,
    finished,
    reused,
    diverged,
    failed,
  }: RunCounts & Partial<PopulationResult> = await handle.result();
  const counts = { finished, reused, diverged, failed };
  return { total: settled(counts), ...counts, running: [], hold: null, failures };
}

/**
 * States of an activity that a worker is carrying out: started, or cancelled but not ended, such as a training that is finishing its epoch.
 */
const atWork = [2, 3];

/** The parts that this program reads of a pending activity (temporal.api.workflow.v1.PendingActivityInfo). */
const pendingActivitySchema = z.object({
  activityId: z.string(),
  activityType: z.object({ name: z.string() }),
  state: z.number(),
  attempt: z.number(),
  heartbeatDetails: z.object({ payloads: z.array(z.object({ data: z.instanceof(Uint8Array) })) }).nullish(),
  lastFailure: z.object({ message: z.string() }).nullish(),
});

const heartbeatSchema = z.object({
  progress: z
    .object({
      epoch: z.number(),
      epochs: z.number(),
      step: z.number(),
      stepsPerEpoch: z.number(),
      imagesPerSecond: z.number(),
      loss: z
        .number()
        .nullable()
        .transform((loss) => loss ?? Number.NaN),
    })
    .nullable(),
});

/** Lists the trainings and tests that workers are carrying out, sorted by name, from a population's pending activities. */
function runningRuns({ raw }: WorkflowExecutionDescription): RunningRun[] {
  return z
    .array(pendingActivitySchema)
    .parse(raw.pendingActivities ?? [])
    .filter(({ state, activityType }) => atWork.includes(state) && ['train', 'evaluate'].includes(activityType.name))
    .map(({ activityId, attempt, heartbeatDetails, lastFailure }) => {
      const details = heartbeatDetails?.payloads[0]?.data;
      return {
        name: activityId,
        attempt,
        progress:
          details === undefined ? null : heartbeatSchema.parse(JSON.parse(Buffer.from(details).toString())).progress,
        lastFailure: lastFailure?.message ?? null,
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** State of an activity that is waiting for a worker or for its next attempt. */
const scheduled = 1;

/** Lists the steps that are waiting for another attempt after a failure, sorted by name, from a workflow's pending activities. */
function retriesOf({ raw }: WorkflowExecutionDescription): WaitingRetry[] {
  return z
    .array(pendingActivitySchema)
    .parse(raw.pendingActivities ?? [])
    .flatMap(({ activityId, state, attempt, lastFailure }) =>
      state === scheduled && lastFailure != null
        ? [{ what: activityId, attempt, lastFailure: lastFailure.message }]
        : [],
    )
    .sort((a, b) => a.what.localeCompare(b.what, 'en'));
}

function stateOf({ status }: WorkflowExecutionDescription): StudyState {
  switch (status.name) {
    case 'COMPLETED':
      return 'finished';
    case 'CANCELLED':
    case 'TERMINATED':
      return 'cancelled';
    case 'FAILED':
    case 'TIMED_OUT':
      return 'failed';
    case 'RUNNING':
    case 'PAUSED':
    case 'CONTINUED_AS_NEW':
    case 'UNSPECIFIED':
    case 'UNKNOWN':
      return 'running';
  }
}
