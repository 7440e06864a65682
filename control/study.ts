import { setTimeout as sleep } from 'node:timers/promises';
import type { PairCorrelation } from '../lib/analysis/index.ts';
import { ArtifactError, ConfigError, EnvironmentError, StudyError } from '../lib/core/errors.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { networkCount, type StudyConfig } from '../lib/study/config.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { RetryRequest } from '../lib/study/instruction.ts';
import type { RunCounts } from '../lib/study/outcome.ts';
import { datasetLabels } from '../lib/study/plan.ts';
import { instructionIdOf, type InstructionOptions } from './instructions.ts';
import type { Instructor } from './instructor.ts';
import { noSuchStudy, studyStatus } from './look-up.ts';
import { runCosts, type RunCost } from './run-costs.ts';
import {
  isSilent,
  isUnderWay,
  secondsLeftAtPace,
  secondsLeftAtSpeed,
  type StudyState,
  type StudyStatus,
} from './status.ts';
import { NoServer, type Ask, type StudyServer } from './study-server.ts';
import type { VariantRequest } from './submission-request.ts';

/** The results of a finished study. */
export interface StudyResult {
  studyId: string;
  /** Keyed by the label of the dataset. */
  runs: Record<string, RunCounts>;
  correlations: PairCorrelation[];
  /** Local paths of the files. */
  artifacts: { results: string; correlations: string; report: string };
}

/** The store of studies, and the server that runs them: without a server, studies can be read but not steered. */
export interface StudySurroundings {
  store: ArtifactStore;
  server: StudyServer;
}

/*
 * Modules that load Temporal's library or check configs are imported by the methods that use them, so that a command that only reads a
 * store answers half a second sooner.
 */

/** Milliseconds between two status queries. */
const defaultInterval = 1000;
const defaultPatience = 60_000;

/**
 * A study with a given id: reads its status, waits for it and steers it. An instruction is durable once its method has returned, is carried
 * out exactly once, and is listed in the status. If the server does not answer, the instruction is repeated for a minute; to repeat it
 * later, pass the same `id`.
 */
export class Study {
  readonly id: string;
  readonly #surroundings: StudySurroundings;
  readonly #documents: StudyDocuments;
  /** Why no worker can work on the study, and the time of that finding. */
  #obstacle: { at: number; reason: string | undefined } = { at: -Infinity, reason: undefined };

  constructor(surroundings: StudySurroundings, id: string) {
    this.#surroundings = surroundings;
    this.#documents = new StudyDocuments(surroundings.store, id);
    this.id = id;
  }

  /** @throws ConfigError if there is no such study */
  async status(): Promise<StudyStatus> {
    const { store, server } = this.#surroundings;
    const status = await this.#withObstacle(await studyStatus(store, server, this.id));
    return isTraining(status)
      ? { ...status, secondsLeft: secondsLeftAtSpeed(status.datasets, await this.#runCosts(status)) }
      : status;
  }

  /**
   * Yields the status repeatedly. Ends once the study is no longer under way, or the server has not answered for `patience`.
   * @param interval milliseconds between two status queries
   * @param patience milliseconds without an answer from the server
   */
  async *watch({
    interval = defaultInterval,
    patience = defaultPatience,
    signal,
  }: { interval?: number; patience?: number; signal?: AbortSignal } = {}): AsyncGenerator<StudyStatus, void> {
    const { store, server } = this.#surroundings;
    let silent: StudyStatus | undefined;
    let answered = Date.now();
    let first: { status: StudyStatus; at: number } | undefined;
    const costs = new Map<string, RunCost>();
    for (;;) {
      const asked = Date.now();
      const status = await this.#withObstacle(await studyStatus(store, server, this.id, silent));
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

  /** Stops new runs from starting; running trainings finish their epoch and keep a checkpoint. */
  async pause(options: InstructionOptions = {}): Promise<void> {
    const updateId = instructionIdOf(options);
    await (await this.#instructor('paused')).pause(updateId);
  }

  /** Continues a study that is paused, or on hold after a failure. */
  async resume(options: InstructionOptions = {}): Promise<void> {
    const updateId = instructionIdOf(options);
    await (await this.#instructor('resumed')).resume(updateId);
  }

  /**
   * Limits the number of runs that workers carry out at a time, on all datasets together; the newest trainings beyond the limit finish
   * their epoch and keep a checkpoint.
   * @param concurrentRuns null for no limit except that of each dataset
   */
  async limit(concurrentRuns: number | null, options: InstructionOptions = {}): Promise<void> {
    const updateId = instructionIdOf(options);
    await (await this.#instructor('limited')).limit(updateId, concurrentRuns);
  }

  /**
   * Ends the study and waits until its trainings have ended; finished runs are kept, and another start continues from there. A repeated
   * cancellation does not affect a study that was started again after the first.
   */
  async cancel(options: InstructionOptions = {}): Promise<void> {
    const updateId = instructionIdOf(options);
    if (options.id !== undefined && (await this.#documents.findInstruction(updateId))?.kind === 'cancel') return;
    await (await this.#instructor('cancelled')).cancel(updateId);
  }

  /**
   * Retries failed runs, even of a study that has ended; an ended study without such runs is left alone.
   * @returns the number of runs retried, by dataset
   * @throws ConfigError, before anything is done, if the study has no such dataset or architecture
   */
  async retry({ from = 'checkpoint', id, ...filter }: Partial<RetryRequest> & InstructionOptions = {}): Promise<
    Record<string, number>
  > {
    const updateId = instructionIdOf({ id });
    const config = await this.#config();
    await this.#checkFilter(config, filter);
    const known = async () => {
      const noted = await this.#documents.findInstruction(updateId);
      return noted?.kind === 'retry' ? noted.cleared : undefined;
    };
    const outcome = await this.#documents.findOutcome();
    const failed = Object.entries(outcome?.runs ?? {}).filter(
      ([dataset, runs]) => runs.failed > 0 && (filter.dataset ?? dataset) === dataset,
    );
    if (outcome !== undefined && failed.length === 0) return (await known()) ?? {};
    return (await this.#instructor('retried')).retry(updateId, config, { from, ...filter }, known);
  }

  /**
   * Extends the study by more architectures or datasets, even after it has ended; an ended study that already has all of them is left
   * alone.
   * @returns the total number of its runs afterwards
   * @throws ConfigError naming each invalid field, before anything is done
   */
  async extend(extension: StudyExtensionInput, options: InstructionOptions = {}): Promise<number> {
    const updateId = instructionIdOf(options);
    const known = async () => {
      const noted = await this.#documents.findInstruction(updateId);
      // Until the study is finished, a noted instruction is sent again: the extension may have stopped halfway.
      return noted?.kind === 'extend' && (await this.#isFinished()) ? noted.runs : undefined;
    };
    const config = await this.#config();
    const isRepeated = (await this.#documents.findInstruction(updateId)) !== undefined;
    if (!isRepeated) {
      const [{ isEmptyExtension, missingExtension }, { catalogue }] = await Promise.all([
        import('../lib/study/extension.ts'),
        import('../lib/datasets/catalogue/index.ts'),
      ]);
      const missing = missingExtension(config, extension, catalogue);
      if (isEmptyExtension(missing) && (await this.#isFinished())) return this.#runs(config);
    }
    return (await this.#instructor('extended')).extend(updateId, config, extension, known);
  }

  /**
   * Starts another study that differs from this one in some fields; all runs that stay the same are shared.
   * @throws ConfigError naming the invalid fields
   */
  async variant(request: VariantRequest): Promise<Study> {
    const { store } = this.#surroundings;
    const ask = this.#asker('varied');
    const [{ resolveVariant }, { submitStudy }, { startWorkflow }, { untilAnswered }] = await Promise.all([
      import('./submission-request.ts'),
      import('../lib/study/documents/submission.ts'),
      import('./start.ts'),
      import('./until-answered.ts'),
    ]);
    // Without a server, nothing is submitted.
    await untilAnswered(() => ask(() => Promise.resolve()));
    const config = await this.#config();
    const submission = await resolveVariant(config, request);
    // A population from a file is copied from this study, since the file may have changed.
    if (config.population.source === 'file') submission.architectures = await this.#documents.architectures();
    await submitStudy(store, submission);
    await startWorkflow(ask, submission);
    return new Study(this.#surroundings, submission.id);
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
      if (state === 'waiting' && failure !== null) throw new EnvironmentError(`The study ${this.id} waits: ${failure}`);
      if (state === 'stopped')
        throw new EnvironmentError(`The study ${this.id} is not finished, and no Temporal server is running it`);
      last = state;
    }
    if (last === 'unreachable')
      throw new EnvironmentError(`The Temporal server of the study ${this.id} has not answered for a minute`);
    return this.findResult();
  }

  /** Reads the results of the study, which must be finished. */
  async findResult(): Promise<StudyResult> {
    const { store } = this.#surroundings;
    const { results, correlations, report } = studyArtifacts(this.id);
    const content = await store.get(correlations);
    const outcome = await this.#documents.findOutcome();
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

  /**
   * Returns the costs of runs on datasets whose costs are not known yet; none if the store cannot tell, in which case there is no estimate.
   */
  async #runCosts(
    { datasets }: StudyStatus,
    known: ReadonlyMap<string, RunCost> = new Map(),
  ): Promise<ReadonlyMap<string, RunCost>> {
    const unknown = datasets.map(({ dataset }) => dataset).filter((label) => !known.has(label));
    try {
      return await runCosts(this.#documents, unknown);
    } catch (error) {
      if (!(error instanceof ArtifactError)) throw error;
      return new Map();
    }
  }

  /** Adds the reason to a status if no worker can work on the study because all of them use other stores. */
  async #withObstacle(status: StudyStatus): Promise<StudyStatus> {
    const { store, server } = this.#surroundings;
    const isBegun = status.stage !== null && status.stage !== 'sampling';
    if (isBegun || !['running', 'waiting', 'held'].includes(status.state)) return status;
    if (Date.now() - this.#obstacle.at > betweenChecks)
      this.#obstacle = {
        at: Date.now(),
        reason: await (await import('./workers-stores.ts')).workersElsewhereIfKnown(server, store),
      };
    const { reason } = this.#obstacle;
    return reason === undefined ? status : { ...status, state: 'waiting', failure: reason };
  }

  /**
   * Sends requests to the server.
   * @param what the effect on the study, e.g. `paused`
   */
  #asker(what: string): Ask {
    return async (request) => {
      try {
        return await this.#surroundings.server.ask(request);
      } catch (error) {
        if (!(error instanceof NoServer)) throw error;
        throw new EnvironmentError(`The study ${this.id} cannot be ${what}: ${error.message}, so no study runs`);
      }
    };
  }

  /**
   * Returns a sender of instructions to the study's workflow; they throw an EnvironmentError if there is no server.
   * @param what the effect on the study, e.g. `paused`
   */
  async #instructor(what: string): Promise<Instructor> {
    const { Instructor } = await import('./instructor.ts');
    return new Instructor(this.#asker(what), this.id);
  }

  async #config(): Promise<StudyConfig> {
    const config = await this.#documents.findConfig();
    if (config === undefined) throw await noSuchStudy(this.#surroundings.store, this.id);
    return config;
  }

  async #isFinished(): Promise<boolean> {
    return (await this.#documents.findOutcome()) !== undefined;
  }

  /** Returns the number of all runs of the study. */
  async #runs({ population, replicates, datasets }: StudyConfig): Promise<number> {
    const architectures = networkCount(population) ?? (await this.#documents.architectures()).length;
    return architectures * replicates * datasets.length;
  }

  async #checkFilter(
    config: StudyConfig,
    { dataset, architecture }: Omit<Partial<RetryRequest>, 'from'>,
  ): Promise<void> {
    const labels = datasetLabels(config);
    const refuse = (problem: string): never => {
      throw new ConfigError(`The study ${this.id} cannot be retried`, [problem]);
    };
    if (dataset !== undefined && !labels.includes(dataset))
      refuse(`dataset must be one of ${labels.join(', ')}, got ${JSON.stringify(dataset)}`);
    if (architecture === undefined || !(await this.#surroundings.store.has(studyArtifacts(this.id).architectures)))
      return;
    const architectures = await this.#documents.architectures();
    if (!architectures.some(({ name }) => name === architecture))
      refuse(`architecture must be the name of one of its architectures, got ${JSON.stringify(architecture)}`);
  }
}

/** Milliseconds between two checks of the workers' stores. */
const betweenChecks = 5000;

/** Whether the remaining time can be estimated. */
const isTraining = ({ state, stage }: StudyStatus) => state === 'running' && stage === 'training';

const describeEnd = { failed: 'failed', cancelled: 'was cancelled', unreadable: 'cannot be read', held: 'is on hold' };
