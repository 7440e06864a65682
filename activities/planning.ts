import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { ConfigError } from '../lib/core/errors.ts';
import { parseWith } from '../lib/core/validation.ts';
import { catalogue } from '../lib/datasets/catalogue/index.ts';
import { samplePopulation } from '../lib/design-space/sampler.ts';
import type { NamedArchitecture } from '../lib/design-space/population.ts';
import type { Executors } from '../lib/runs/executors.ts';
import { planRuns } from '../lib/runs/plan-runs.ts';
import { describeRun } from '../lib/runs/run-executor.ts';
import { removeRun } from '../lib/runs/remove-run.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { readDatasetDocument } from '../lib/study/documents/dataset-document.ts';
import { readRunDocument, writeRunDocument } from '../lib/study/documents/run-document.ts';
import { readRunRecord, writeRunRecord } from '../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { parseStudyConfig, type StudyConfig } from '../lib/study/config.ts';
import { extendConfig, extensionProblems, extensionSchema } from '../lib/study/extension.ts';
import { datasetLabels } from '../lib/study/plan.ts';
import { submitStudy } from '../lib/study/documents/submission.ts';
import { attempt } from './attempts.ts';
import type { PlanPage, StudyActivities, StudyOutline } from './contract.ts';
import { light, type ActivityDependencies } from './dependencies.ts';
import type { ReportingActivities } from './reporting.ts';

type PlanningActivities = Omit<StudyActivities, keyof ReportingActivities>;

/** Runs on a page of the plan: few enough for a payload, and for a history. */
export const runsPerPage = 250;

export function planningActivities({ store }: ActivityDependencies, executors: Executors): PlanningActivities {
  const populations = new PopulationCache(store);
  return {
    submitStudy: ({ studyId, config }) =>
      attempt(light, async () => {
        await submitStudy(store, { id: studyId, config: parseStudyConfig(config, catalogue) });
      }),

    samplePopulation: ({ studyId }) =>
      attempt(light, async (_report, signal) => {
        const documents = new StudyDocuments(store, studyId);
        const config = await documents.config();
        await documents.removeOutcome();
        return outlineOf(config, await drawPopulation(config, documents, signal));
      }),

    extendStudy: ({ studyId, extension }) =>
      attempt(light, async (_report, signal) => {
        const documents = new StudyDocuments(store, studyId);
        const config = await documents.config();
        const asked = parseWith(extensionSchema, extension, 'The extension is invalid', ConfigError);
        const problems = extensionProblems(config, asked);
        if (problems.length > 0) throw new ConfigError(`The study ${studyId} cannot be extended in this way`, problems);
        const extended = parseStudyConfig(extendConfig(config, asked), catalogue, 'The extension is invalid');
        await documents.writeExtensions([...(await documents.extensions()), asked]);
        await documents.removeOutcome();
        return outlineOf(extended, await drawPopulation(extended, documents, signal));
      }),

    planRuns: ({ studyId, dataset, page }) =>
      attempt(light, async () => {
        const documents = new StudyDocuments(store, studyId);
        const [config, manifest, population] = await Promise.all([
          documents.config(),
          documents.dataset(dataset),
          populations.of(studyId),
        ]);
        const runs = planRuns(
          {
            config,
            population,
            label: dataset,
            datasetDigest: manifest.digest,
            engine: executors.engine(config.rehearsal),
          },
          page * runsPerPage,
          (page + 1) * runsPerPage,
        );
        const planned = await Promise.all(
          runs.map(async ({ name, architectureName, document }) => ({
            runKey: await writeRunDocument(store, document),
            name,
            architectureName,
          })),
        );
        await documents.writePlanPage(dataset, page, planned);
        const result: PlanPage = {
          open: [],
          settled: { finished: 0, reused: 0, diverged: 0, failed: 0 },
          isLast: (page + 1) * runsPerPage >= population.length * config.replicates,
        };
        const records = await Promise.all(planned.map(({ runKey }) => readRunRecord(store, runKey)));
        planned.forEach((run, index) => {
          const record = records[index];
          const isOwn = record?.studyId === studyId;
          // A run that failed in another study may succeed in this one.
          if (record === undefined || (record.outcome === 'failed' && !isOwn)) result.open.push(run);
          else result.settled[isOwn ? record.outcome : 'reused']++;
        });
        return result;
      }),

    recordFailure: ({ failure, ...request }) =>
      attempt(light, async () => {
        const recorded = await readRunRecord(store, request.runKey);
        if (recorded !== undefined && recorded.outcome !== 'failed') return;
        const run = await readRunDocument(store, request.runKey);
        const { manifest } = await readDatasetDocument(store, run.datasetDigest);
        const now = new Date().toISOString();
        await writeRunRecord(store, {
          ...describeRun(request, run, manifest),
          versions: { engine: run.engine },
          outcome: 'failed',
          failure,
          curve: [],
          validation: null,
          test: null,
          timings: { startedAt: now, finishedAt: now, trainingSeconds: 0, evaluationSeconds: 0 },
        });
      }),

    clearFailures: ({ studyId, dataset, architecture, from }) =>
      attempt(light, async () => {
        const documents = new StudyDocuments(store, studyId);
        const config = await documents.config();
        const labels = datasetLabels(config);
        if (dataset !== undefined && !labels.includes(dataset))
          throw new ConfigError('The retry is invalid', [
            `dataset must be one of ${labels.join(', ')}, got ${JSON.stringify(dataset)}`,
          ]);
        const cleared: Record<string, number> = {};
        for (const label of labels.filter((label) => dataset === undefined || label === dataset))
          for (const { runKey, architectureName } of await documents.plan(label)) {
            if (architecture !== undefined && architectureName !== architecture) continue;
            if ((await readRunRecord(store, runKey))?.outcome !== 'failed') continue;
            await removeRun(store, runKey, from);
            cleared[label] = (cleared[label] ?? 0) + 1;
          }
        return cleared;
      }),

    concludeStudy: (outcome) => attempt(light, () => new StudyDocuments(store, outcome.studyId).writeOutcome(outcome)),
  };
}

function outlineOf(config: StudyConfig, population: readonly NamedArchitecture[]): StudyOutline {
  const { concurrentRunsPerDataset, concurrentRuns, ...settings } = config.execution;
  return {
    architectures: population.length,
    datasets: datasetLabels(config),
    reference: config.reference,
    runsPerDataset: population.length * config.replicates,
    concurrentRunsPerDataset,
    concurrentRuns,
    run: { ...settings, ...(config.rehearsal && { rehearsal: config.rehearsal }) },
  };
}

/** Draws the architectures of a study, puts them into the store and returns them; those from a file are in the store since the start. */
async function drawPopulation(
  { population, seeds }: StudyConfig,
  documents: StudyDocuments,
  signal: AbortSignal,
): Promise<NamedArchitecture[]> {
  if (population.source === 'file') return documents.architectures();
  const { architectures } = await samplePopulation(population.space, {
    count: population.count,
    seed: seeds.population,
    // Drawing from a narrow window may take long: heartbeats and cancellation are handled between draws.
    onProgress: async () => {
      signal.throwIfAborted();
      await eventLoopTurn();
    },
  });
  await documents.writeArchitectures(architectures);
  return architectures;
}

/** The populations that were read last, so that planning a large study does not parse all its architectures for each page. */
class PopulationCache {
  readonly #store: ArtifactStore;
  readonly #known = new Map<string, { content: Buffer; population: NamedArchitecture[] }>();

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  async of(studyId: string): Promise<NamedArchitecture[]> {
    const documents = new StudyDocuments(this.#store, studyId);
    const content = await documents.architecturesFile();
    const known = this.#known.get(studyId);
    if (known?.content.equals(content) === true) return known.population;
    const population = documents.parseArchitectures(content);
    this.#known.delete(studyId);
    this.#known.set(studyId, { content, population });
    if (this.#known.size > mostPopulations) this.#known.delete(this.#known.keys().next().value!);
    return population;
  }
}

const mostPopulations = 4;
