import {
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RetryRequest } from '../activities/contract.ts';
import type { PairCorrelation } from '../lib/analysis/index.ts';
import { ArtifactError, ConfigError, EnvironmentError, StudyError } from '../lib/core/errors.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { submitStudy } from '../lib/study/documents/submission.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { extendUpdate, limitUpdate, pauseUpdate, resumeUpdate, retryUpdate } from '../workflows/messages.ts';
import type { studyWorkflow } from '../workflows/study.ts';
import { innermostMessage } from './innermost-message.ts';
import { noSuchStudy, studyStatus } from './look-up.ts';
import { startOptions } from './start.ts';
import { runCosts, type RunCost } from './run-costs.ts';
import {
  isSilent,
  isUnderWay,
  secondsLeftAtPace,
  secondsLeftAtSpeed,
  type StudyState,
  type StudyStatus,
} from './status.ts';
import { resolveRequest } from './submission-request.ts';

/** The results of a finished study. */
export interface StudyResult {
  studyId: string;
  /** Keyed by the label of the dataset. */
  runs: Record<string, RunCounts>;
  correlations: PairCorrelation[];
  /** Local paths. */
  artifacts: { results: string; correlations: string; report: string };
}

/** Where studies are: the store that they are in, and the server that runs them. */
export interface StudySurroundings {
  store: ArtifactStore;
  /** Absent if no Temporal server is running: studies can then be read, but not steered. */
  client: Client | undefined;
}

/** Milliseconds between two status queries. */
const defaultInterval = 1000;
const defaultPatience = 60_000;

/** A study with a given id: reads its status, waits for it and steers it. All steering is idempotent. */
export class Study {
  readonly id: string;
  readonly #surroundings: StudySurroundings;

  constructor(surroundings: StudySurroundings, id: string) {
    this.#surroundings = surroundings;
    this.id = id;
  }

  /** @throws ConfigError if there is no such study */
  async status(): Promise<StudyStatus> {
    const { store, client } = this.#surroundings;
    const status = await studyStatus(store, client, this.id);
    return isTraining(status)
      ? { ...status, secondsLeft: secondsLeftAtSpeed(status.datasets, await this.#runCosts(status)) }
      : status;
  }

  /**
   * Yields the status repeatedly, and ends with the first one in which the study is no longer under way or the server has not
   * answered for `patience`.
   * @param interval milliseconds between two status queries
   * @param patience milliseconds without an answer from the server
   */
  async *watch({
    interval = defaultInterval,
    patience = defaultPatience,
    signal,
  }: { interval?: number; patience?: number; signal?: AbortSignal } = {}): AsyncGenerator<StudyStatus, void> {
    const { store, client } = this.#surroundings;
    let silent: StudyStatus | undefined;
    let answered = Date.now();
    let first: { status: StudyStatus; at: number } | undefined;
    const costs = new Map<string, RunCost>();
    for (;;) {
      const asked = Date.now();
      const status = await studyStatus(store, client, this.id, silent);
      silent = isSilent(status) ? status : undefined;
      const now = Date.now();
      if (status.state !== 'unreachable') answered = now;
      if (status.stage === 'training') first ??= { status, at: now };
      if (isTraining(status)) for (const [label, cost] of await this.#runCosts(status, costs)) costs.set(label, cost);
      const secondsLeft =
        first !== undefined && isTraining(status)
          ? secondsLeftAtPace(first.status.datasets, status.datasets, (now - first.at) / 1000, costs)
          : null;
      yield { ...status, secondsLeft };
      if (!isUnderWay(status.state) || asked - answered > patience || signal?.aborted === true) return;
      await sleep(interval, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }

  /** Begins no more runs; running trainings finish their epoch and keep a checkpoint. */
  async pause(): Promise<void> {
    await this.#steer('paused', (study) => study.executeUpdate(pauseUpdate));
  }

  /** Continues a study that is paused, or on hold because something failed. */
  async resume(): Promise<void> {
    await this.#steer('resumed', (study) => study.executeUpdate(resumeUpdate));
  }

  /**
   * Limits how many runs the workers have at a time, on all datasets together; running trainings beyond it, the newest, finish their
   * epoch and keep a checkpoint.
   * @param concurrentRuns null for no limit except that of each dataset
   */
  async limit(concurrentRuns: number | null): Promise<void> {
    await this.#steer('limited', (study) => study.executeUpdate(limitUpdate, { args: [concurrentRuns] }));
  }

  /** Ends the study and waits until its trainings have ended; finished runs are kept, and another start continues from there. */
  async cancel(): Promise<void> {
    await this.#steer('cancelled', async (study) => {
      await study.cancel();
      await study.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      });
    });
  }

  /**
   * Retries failed runs, even of a study that has ended.
   * @returns how many runs are retried, by dataset
   */
  retry({ from = 'checkpoint', ...filter }: Partial<RetryRequest> = {}): Promise<Record<string, number>> {
    return this.#steerOrRestart('retried', (client, start) =>
      client.workflow.executeUpdateWithStart(retryUpdate, {
        args: [{ from, ...filter }],
        startWorkflowOperation: start,
      }),
    );
  }

  /**
   * Extends the study by more architectures or datasets, even after it has ended.
   * @returns the total number of its runs after that
   */
  extend(extension: StudyExtensionInput): Promise<number> {
    return this.#steerOrRestart('extended', (client, start) =>
      client.workflow.executeUpdateWithStart(extendUpdate, { args: [extension], startWorkflowOperation: start }),
    );
  }

  /**
   * Starts another study that differs from this one in some fields; all runs that stay the same are shared.
   * @throws ConfigError that names the invalid fields
   */
  async variant({
    id,
    set = {},
  }: {
    id: string;
    set?: Readonly<Record<string, unknown>> | readonly string[];
  }): Promise<Study> {
    const { store } = this.#surroundings;
    const client = this.#clientFor('varied');
    const documents = new StudyDocuments(store, this.id);
    const config = await documents.findConfig();
    if (config === undefined) throw await noSuchStudy(store, this.id);
    const submission = await resolveRequest({ config: { ...config, name: id }, set, id });
    // A population from a file is taken from this study, even if the file has changed since.
    if (config.population.source === 'file') submission.architectures = await documents.architectures();
    await submitStudy(store, submission);
    await client.workflow.start<typeof studyWorkflow>('studyWorkflow', await startOptions(client, submission));
    return new Study(this.#surroundings, id);
  }

  /**
   * Waits until the study has ended.
   * @throws StudyError if it failed, was cancelled or is on hold, EnvironmentError if no server runs it
   */
  async result(): Promise<StudyResult> {
    let last: StudyState | undefined;
    for await (const { state, failure } of this.watch()) {
      if (state === 'failed' || state === 'cancelled' || state === 'unreadable' || state === 'held')
        throw new StudyError(`The study ${this.id} ${describeEnd[state]}${failure === null ? '' : `: ${failure}`}`);
      if (state === 'stopped')
        throw new EnvironmentError(`The study ${this.id} is not finished, and no Temporal server is running it`);
      last = state;
    }
    if (last === 'unreachable')
      throw new EnvironmentError(`The Temporal server of the study ${this.id} has not answered for a minute`);
    return this.findResult();
  }

  /** The results of the study, which must be finished. */
  async findResult(): Promise<StudyResult> {
    const { store } = this.#surroundings;
    const { results, correlations, report } = studyArtifacts(this.id);
    const content = await store.get(correlations);
    const outcome = await new StudyDocuments(store, this.id).findOutcome();
    if (content === undefined || outcome === undefined)
      throw new StudyError(`The study ${this.id} has no results in ${store.location}`);
    const artifacts = {
      results: await store.localFile(results),
      correlations: await store.localFile(correlations),
      report: await store.localFile(report),
    };
    const { runs } = outcome;
    return { studyId: this.id, runs, correlations: JSON.parse(content.toString()) as PairCorrelation[], artifacts };
  }

  /** The costs of runs on the datasets that are not among the known ones; none if the store cannot tell: there is then no estimate. */
  async #runCosts(
    { datasets }: StudyStatus,
    known: ReadonlyMap<string, RunCost> = new Map(),
  ): Promise<ReadonlyMap<string, RunCost>> {
    const unknown = datasets.map(({ dataset }) => dataset).filter((label) => !known.has(label));
    try {
      return await runCosts(new StudyDocuments(this.#surroundings.store, this.id), unknown);
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      return new Map();
    }
  }

  #clientFor(what: string): Client {
    const { client } = this.#surroundings;
    if (client === undefined)
      throw new EnvironmentError(
        `The study ${this.id} cannot be ${what}: no Temporal server is running or configured, so no study runs`,
      );
    return client;
  }

  /** Performs an action on the workflow of the study, which must be running. */
  async #steer(
    what: string,
    steer: (handle: ReturnType<Client['workflow']['getHandle']>) => Promise<void>,
  ): Promise<void> {
    const client = this.#clientFor(what);
    const refuse = (why: string) => new ConfigError(`The study ${this.id} cannot be ${what}`, [why]);
    const handle = client.workflow.getHandle(this.id);
    try {
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') throw refuse(`it is not running: ${status.name.toLowerCase()}`);
      await steer(handle);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw refuse('the server knows no study with this id');
      if (error instanceof WorkflowUpdateFailedError) throw refuse(innermostMessage(error));
      throw error;
    }
  }

  /** Sends an update to the workflow of the study, which is restarted if it has ended. */
  async #steerOrRestart<Result>(
    what: string,
    update: (client: Client, start: WithStartWorkflowOperation<typeof studyWorkflow>) => Promise<Result>,
  ): Promise<Result> {
    const { store } = this.#surroundings;
    const config = await new StudyDocuments(store, this.id).findConfig();
    if (config === undefined) throw await noSuchStudy(store, this.id);
    const client = this.#clientFor(what);
    const start = new WithStartWorkflowOperation<typeof studyWorkflow>(
      'studyWorkflow',
      await startOptions(client, { id: this.id, config }),
    );
    try {
      return await update(client, start);
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      throw new ConfigError(`The study ${this.id} cannot be ${what}`, [innermostMessage(error)]);
    }
  }
}

/** Whether there is a time left to estimate. */
const isTraining = ({ state, stage }: StudyStatus) => state === 'running' && stage === 'training';

const describeEnd = { failed: 'failed', cancelled: 'was cancelled', unreadable: 'cannot be read', held: 'is on hold' };
