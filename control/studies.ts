import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { openStore } from '../lib/store/open-store.ts';
import type { Submission } from '../lib/study/documents/submission.ts';
import { studyIds } from './look-up.ts';
import type { StudyStatus } from './status.ts';
import { Study, type StudySurroundings } from './study.ts';
import { NoServer, openServer, type Ask } from './study-server.ts';
import type { StudyRequest } from './submission-request.ts';

export interface ConnectOptions {
  /** State folder; by default BEYOND_IMAGENET_STATE, else `.beyond-imagenet` in the working directory. */
  state?: string | undefined;
  /** Location of the artifact store; by default BEYOND_IMAGENET_STORE, else `store/` in the state folder. */
  store?: string | undefined;
}

/**
 * Opens the studies of a state folder, on the configured Temporal server (TEMPORAL_ADDRESS or a profile), else on the one that runs for
 * this folder, even if it is started later. Without a server, studies can be read but not started.
 * @throws EnvironmentError if a server is configured but does not answer
 */
export async function connect({ state, store }: ConnectOptions = {}): Promise<Studies> {
  const folder = stateFolder(state);
  const server = await openServer(folder);
  return new Studies({
    store: openStore(store ?? (process.env['BEYOND_IMAGENET_STORE'] || undefined), folder),
    server,
  });
}

/** Milliseconds within which a server learns of workers that were just started. */
const patience = 3000;

/** Says why a server's workers cannot carry out the studies of a store; undefined if they can, or if there are no workers yet. */
async function lastingObstacle(ask: Ask, store: ArtifactStore): Promise<string | undefined> {
  const [{ workersElsewhere }, { untilAnswered }] = await Promise.all([
    import('./workers-stores.ts'),
    import('./until-answered.ts'),
  ]);
  for (const deadline = Date.now() + patience; ; await sleep(300)) {
    const obstacle = await untilAnswered(() => ask((client) => workersElsewhere(client, store)));
    if (obstacle === undefined || Date.now() > deadline) return obstacle;
  }
}

/** The studies of a store. */
export class Studies {
  readonly #surroundings: StudySurroundings;

  /** @param surroundings the store, and the server, which is closed with the studies */
  constructor(surroundings: StudySurroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * Starts a study, or continues it where it stopped; workers for it must be running somewhere.
   * @throws ConfigError naming each field that is invalid or differs from the existing study with this id, EnvironmentError if the server's
   *   workers use other stores
   */
  async start(request: StudyRequest = {}): Promise<Study> {
    const { resolveRequest } = await import('./submission-request.ts');
    return this.startSubmission(await resolveRequest(request));
  }

  /** Starts a submission that `resolveRequest` returned. */
  async startSubmission(submission: Submission): Promise<Study> {
    const { store } = this.#surroundings;
    const [{ submitStudy }, { startWorkflow }, { untilAnswered }] = await Promise.all([
      import('../lib/study/documents/submission.ts'),
      import('./start.ts'),
      import('./until-answered.ts'),
    ]);
    // Without a server, nothing is submitted.
    await untilAnswered(() => this.#ask(() => Promise.resolve()));
    await submitStudy(store, submission);
    const obstacle = await lastingObstacle(this.#ask, store);
    if (obstacle !== undefined)
      throw new EnvironmentError(`The study ${submission.id} cannot be carried out: ${obstacle}`);
    await startWorkflow(this.#ask, submission);
    return this.study(submission.id);
  }

  /** @throws EnvironmentError if there is no server */
  readonly #ask: Ask = async (request) => {
    try {
      return await this.#surroundings.server.ask(request);
    } catch (error) {
      if (!(error instanceof NoServer)) throw error;
      throw new EnvironmentError(
        'No Temporal server is running or configured: set TEMPORAL_ADDRESS or a profile, or run `start`, which starts one',
      );
    }
  };

  /** Returns a study by its id. */
  study(id: string): Study {
    return new Study(this.#surroundings, id);
  }

  /** The store of the studies. */
  get store(): ArtifactStore {
    return this.#surroundings.store;
  }

  /** Lists the ids of all studies, sorted. */
  ids(): Promise<string[]> {
    return studyIds(this.#surroundings.store);
  }

  /** Returns the status of each study; one that cannot be read is reported as such and does not hide the others. */
  async list(): Promise<StudyStatus[]> {
    const ids = await this.ids();
    return Promise.all(ids.map((id) => this.study(id).status()));
  }

  /** Closes the connection to the server. */
  async close(): Promise<void> {
    await this.#surroundings.server.close();
  }
}
