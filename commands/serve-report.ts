import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, exitCodes, OperationalError } from '../lib/core/errors.ts';
import { noSuchStudy, unfinishedRuns } from '../control/look-up.ts';
import { settled, type DatasetStatus, type RunningRun, type StudyStatus } from '../control/status.ts';
import { liveResults } from '../lib/report/live/live-results.ts';
import { LiveServer } from '../lib/report/live/live-server.ts';
import type { LiveDataset, LiveResults, LiveState } from '../lib/report/live/live-state.ts';
import { analyzeStudy, reportInput } from '../lib/report/study-results.ts';
import { studyMethods } from '../lib/report/study-methods.ts';
import {
  collectRuns,
  curvesOfRuns,
  outcomesOfRuns,
  rememberedRecords,
  rowsOfRuns,
  type FindRecord,
} from '../lib/results/collect-results.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import type { StudyConfig } from '../lib/study/config.ts';
import { Interruption } from './interruption.ts';
import { lookingAtStudies, type StudiesOptions } from './studies/open-studies.ts';
import { say } from './terminal/print.ts';

export interface ServeOptions extends StudiesOptions {
  host: string;
  port: number;
}

/** Maximum number of failures that the page shows. */
const mostFailures = 100;
/** Maximum number of resamples in interim statistics: enough for readable intervals, few enough to leave the machine to the trainings. */
const mostResamples = 500;
/** Minimum milliseconds between two computations of the results; more if they take long. */
const interval = 5000;

/** Minimum milliseconds between two checks of a study that is not under way but may be continued; more if a check takes long. */
const rest = 10_000;

/** Serves a page that follows a study until the command is interrupted; returns the exit code. */
export async function serveReport(
  ids: readonly [string, ...string[]],
  options: ServeOptions,
  betweenLooks = rest,
): Promise<number> {
  if (ids.length > 1) throw new ConfigError('--serve is for one study', [`got ${ids.join(', ')}`]);
  const [id] = ids;
  return lookingAtStudies(options, async (studies) => {
    const { store } = studies;
    const config = await new StudyDocuments(store, id).findConfig();
    if (config === undefined) throw await noSuchStudy(store, id);
    const title = `${config.rehearsal === undefined ? 'Study' : 'Rehearsal of the study'} ${id}`;
    const interruption = new Interruption();
    const server = await LiveServer.listen({ title, host: options.host, port: options.port });
    say(`${server.url}\nCtrl-C stops serving; the study continues.`);
    try {
      const findRecord = rememberedRecords(store);
      const results = new ResultsSoFar(store, id, findRecord, interruption.signal);
      let last: LiveState | undefined;
      let [unfinished, failures] = [0, [] as LiveState['failures']];
      // A stopped or ended study may be started again, retried or extended.
      while (!interruption.signal.aborted) {
        const began = Date.now();
        let look: number | undefined;
        for await (const status of studies.study(id).watch({ patience: Infinity, signal: interruption.signal })) {
          look ??= Date.now() - began;
          if (unfinishedOf(status) !== unfinished) failures = await failuresOf(store, id, findRecord);
          unfinished = unfinishedOf(status);
          last = {
            title,
            isRehearsal: config.rehearsal !== undefined,
            at: Date.now(),
            ...progressOf(status),
            failures,
            results: results.of(status),
          };
          server.show(last);
        }
        if (interruption.signal.aborted) break;
        if (last !== undefined) server.show({ ...last, results: await results.final() });
        // Without a server, each check reads all records in the store.
        await sleep(Math.max(betweenLooks, 10 * (look ?? 0)), undefined, { signal: interruption.signal }).catch(
          () => undefined,
        );
      }
      return exitCodes.success;
    } finally {
      await server.close();
      interruption.dispose();
    }
  });
}

const unfinishedOf = ({ datasets }: StudyStatus): number =>
  datasets.reduce((sum, { diverged, failed }) => sum + diverged + failed, 0);

async function failuresOf(store: ArtifactStore, id: string, findRecord: FindRecord): Promise<LiveState['failures']> {
  const runs = (await unfinishedRuns(store, id, findRecord)).slice(-mostFailures);
  return runs.map(({ failure: { category, message }, ...run }) => ({ ...run, category, message }));
}

function progressOf({
  state,
  stage,
  failure,
  secondsLeft,
  datasets,
}: StudyStatus): Pick<LiveState, 'state' | 'stage' | 'failure' | 'secondsLeft' | 'datasets'> {
  return { state, stage, failure, secondsLeft, datasets: datasets.map(datasetOf) };
}

function datasetOf({ dataset, total, finished, reused, diverged, failed, running, hold }: DatasetStatus): LiveDataset {
  return {
    ...{ dataset, total, finished, reused, diverged, failed },
    running: running.map(runOf),
    hold: hold === null ? null : `${hold.what}: ${hold.reason}`,
  };
}

function runOf({ name, attempt, progress, lastFailure }: RunningRun): LiveDataset['running'][number] {
  const words =
    progress === null
      ? 'begins'
      : `epoch ${progress.epoch} of ${progress.epochs}, step ${progress.step} of ${progress.stepsPerEpoch}, ${Math.round(progress.imagesPerSecond)} images/s${Number.isNaN(progress.loss) ? '' : `, loss ${progress.loss.toFixed(3)}`}`;
  return { name, attempt, progress: words, lastFailure };
}

/** Computes the results of ended runs in the background while progress is watched. */
class ResultsSoFar {
  readonly #store: ArtifactStore;
  readonly #id: string;
  readonly #findRecord: FindRecord;
  readonly #signal: AbortSignal;
  #latest: LiveResults | undefined;
  /** Counts of the runs at the last check, and at the last computation of the results. */
  #seen = '';
  #computed = '';
  #notBefore = 0;
  #computing: Promise<void> | undefined;

  constructor(store: ArtifactStore, id: string, findRecord: FindRecord, signal: AbortSignal) {
    this.#store = store;
    this.#id = id;
    this.#findRecord = findRecord;
    this.#signal = signal;
  }

  /** Returns the latest results; starts to compute new ones if more runs have ended. */
  of({ datasets }: StudyStatus): LiveResults | undefined {
    const ended = datasets.some((dataset) => settled(dataset) > 0);
    this.#seen = JSON.stringify(datasets.map((of) => [of.finished, of.reused, of.diverged, of.failed]));
    const isNew = ended && this.#seen !== this.#computed;
    if (this.#computing === undefined && isNew && Date.now() >= this.#notBefore) this.#begin();
    return this.#latest;
  }

  /** Returns the results of all runs that had ended at the last check. */
  async final(): Promise<LiveResults | undefined> {
    await this.#computing;
    if (this.#seen !== this.#computed) this.#begin();
    await this.#computing;
    return this.#latest;
  }

  #begin(): void {
    const [began, seen] = [Date.now(), this.#seen];
    this.#computing = this.#compute(began)
      .catch((error: unknown) => {
        // There are too few runs to analyze, or the command is ending.
        if (!(error instanceof OperationalError) && !this.#signal.aborted) throw error;
      })
      .finally(() => {
        this.#computed = seen;
        this.#computing = undefined;
        // Spend at most a tenth of the time on results that are soon out of date.
        this.#notBefore = Date.now() + Math.max(interval, 10 * (Date.now() - began));
      });
  }

  async #compute(began: number): Promise<void> {
    const documents = new StudyDocuments(this.#store, this.#id);
    const config = await documents.config();
    const runs = await collectRuns(this.#store, this.#id, this.#findRecord);
    const rows = rowsOfRuns(runs);
    const results = {
      studyId: this.#id,
      config: withFewerResamples(config),
      rows,
      curves: curvesOfRuns(runs),
      outcomes: outcomesOfRuns(runs),
    };
    const analysis = await analyzeStudy(results, this.#signal);
    const methods = await studyMethods(this.#store, this.#id, config, rows);
    this.#latest = liveResults(reportInput(results, analysis, methods), began);
  }
}

const withFewerResamples = (config: StudyConfig): StudyConfig => ({
  ...config,
  analysis: { ...config.analysis, bootstrapResamples: Math.min(mostResamples, config.analysis.bootstrapResamples) },
});
