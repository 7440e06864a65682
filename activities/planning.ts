import { randomUUID } from 'node:crypto';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { concurrently } from '../lib/core/concurrently.ts';
import { ConfigError } from '../lib/core/errors.ts';
import { catalogue } from '../lib/datasets/catalogue/index.ts';
import type { StudyNetwork } from '../lib/design-space/study-network.ts';
import type { Executors } from '../lib/runs/executors.ts';
import { planRuns } from '../lib/runs/plan-runs.ts';
import { describeRun } from '../lib/runs/run-executor.ts';
import { removeRun } from '../lib/runs/remove-run.ts';
import { requestsAtOnce, type ArtifactStore } from '../lib/store/artifact-store.ts';
import { readDatasetDocument } from '../lib/study/documents/dataset-document.ts';
import { readRunDocument, writeRunDocument } from '../lib/study/documents/run-document.ts';
import { readRunRecord, withoutResult, writeRunRecord } from '../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { networkCount, parseStudyConfig, type StudyConfig } from '../lib/study/config.ts';
import { extendConfig, extensionInWords, missingExtension, type StudyExtensionInput } from '../lib/study/extension.ts';
import type { Instruction } from '../lib/study/instruction.ts';
import { FailureTally } from '../lib/study/failure-tally.ts';
import { networksOf } from '../lib/study/networks.ts';
import { countedAs } from '../lib/study/outcome.ts';
import { datasetLabels } from '../lib/study/plan.ts';
import { submitStudy } from '../lib/study/documents/submission.ts';
import { trainerEngine } from '../lib/study/trainer-config.ts';
import { Context } from '@temporalio/activity';
import { attempt } from './attempts.ts';
import type {
  EarlierStudyActivities,
  InstructionReference,
  PlanPage,
  StudyActivities,
  StudyOutline,
} from './contract.ts';
import { light, type ActivityDependencies } from './dependencies.ts';
import { studyAttempts } from './study-attempts.ts';
import type { ReportingActivities } from './reporting.ts';

type PlanningActivities = Omit<StudyActivities, keyof ReportingActivities>;

/** Maximum number of instructions from earlier executions that a restarted study lists. */
const mostInstructions = 20;

/** Number of runs on a page of the plan: few enough for a payload and for a history. */
const runsPerPage = 250;

export function planningActivities(dependencies: ActivityDependencies, executors: Executors): PlanningActivities {
  const { store } = dependencies;
  const onStudy = studyAttempts(store);
  const populations = new PopulationCache(store);
  return {
    submitStudy: ({ studyId, config }) =>
      attempt(light, async () => {
        await submitStudy(store, { id: studyId, config: parseStudyConfig(config, catalogue) });
      }),

    samplePopulation: ({ studyId }) =>
      onStudy(studyId, async (_report, signal) => {
        const documents = new StudyDocuments(store, studyId);
        const config = await documents.config();
        await documents.removeOutcome();
        const population = await drawPopulation(config, documents, signal);
        return {
          ...outlineOf(config, population),
          searchable: await isSearchable(dependencies),
          instructions: await documents.latestInstructions(mostInstructions),
        };
      }),

    extendStudy: ({ studyId, extension, instruction }) =>
      onStudy(studyId, async (_report, signal) => {
        const documents = new StudyDocuments(store, studyId);
        // Once the instruction is noted, the study counts as extended: if this attempt fails, another one completes it.
        const noted = await notedExtension(documents, extension, instruction ?? earlierInstruction());
        const config = await documents.config();
        await documents.removeOutcome();
        const population = await drawPopulation(config, documents, signal);
        return { ...outlineOf(config, population), instruction: noted };
      }),

    noteInstructions: ({ studyId, instructions }) =>
      onStudy(studyId, async () => {
        const documents = new StudyDocuments(store, studyId);
        for (const instruction of instructions) await documents.noteInstruction(instruction);
      }),

    planRuns: ({ studyId, dataset, page }) =>
      onStudy(studyId, async () => {
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
            engine: trainerEngine(config) ?? executors.engine(config.rehearsal),
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
        const failures = new FailureTally();
        planned.forEach((run, index) => {
          const record = records[index];
          const counted = record && countedAs(record.outcome, record.studyId === studyId);
          if (counted === undefined) result.open.push(run);
          else result.settled[counted]++;
          if (counted === 'failed') failures.add(run.name, record!.failure!.message);
        });
        return { ...result, ...(failures.counted !== null && { failures: failures.counted }) };
      }),

    recordFailure: ({ failure, ...request }) =>
      onStudy(request.studyId, async () => {
        const recorded = await readRunRecord(store, request.runKey);
        if (recorded !== undefined && recorded.outcome !== 'failed')
          return countedAs(recorded.outcome, recorded.studyId === request.studyId);
        const run = await readRunDocument(store, request.runKey);
        const { manifest } = await readDatasetDocument(store, run.datasetDigest);
        const now = new Date().toISOString();
        await writeRunRecord(store, {
          ...describeRun(request, run, manifest),
          ...withoutResult(run.engine, failure),
          timings: { startedAt: now, finishedAt: now, trainingSeconds: 0, evaluationSeconds: 0 },
        });
        return 'failed';
      }),

    clearFailedRuns: ({ studyId, dataset, instructionId, architecture, from }) =>
      onStudy(studyId, async (_report, signal) => {
        const documents = new StudyDocuments(store, studyId);
        const noted = await documents.findInstruction(instructionId);
        if (noted !== undefined) return noted.kind === 'retry' ? (noted.cleared[dataset] ?? 0) : 0;
        const runKeys = await documents.retriedRuns(instructionId, dataset, () =>
          failedRuns(store, documents, dataset, architecture),
        );
        for (const runKey of runKeys) {
          signal.throwIfAborted();
          if ((await readRunRecord(store, runKey))?.outcome === 'failed') await removeRun(store, runKey, from);
        }
        return runKeys.length;
      }),

    reopenStudy: ({ studyId }) => onStudy(studyId, () => new StudyDocuments(store, studyId).removeOutcome()),

    concludeStudy: (outcome) =>
      onStudy(outcome.studyId, () => new StudyDocuments(store, outcome.studyId).writeOutcome(outcome)),
  };
}

/** Additional activities of studies that versions before 0.2 started. */
export function earlierActivities({ store }: ActivityDependencies): Pick<EarlierStudyActivities, 'clearFailures'> {
  const onStudy = studyAttempts(store);
  return {
    clearFailures: ({ studyId, dataset, architecture, from }) =>
      onStudy(studyId, async () => {
        const documents = new StudyDocuments(store, studyId);
        const labels = datasetLabels(await documents.config());
        if (dataset !== undefined && !labels.includes(dataset))
          throw new ConfigError('The retry is invalid', [
            `dataset must be one of ${labels.join(', ')}, got ${JSON.stringify(dataset)}`,
          ]);
        const cleared: Record<string, number> = {};
        for (const label of dataset === undefined ? labels : [dataset]) {
          const runKeys = await failedRuns(store, documents, label, architecture);
          for (const runKey of runKeys) await removeRun(store, runKey, from);
          if (runKeys.length > 0) cleared[label] = runKeys.length;
        }
        return cleared;
      }),
  };
}

/** Makes up an id for an extension of a study that a version before 0.2 started, whose instructions have none. */
const earlierInstruction = (): InstructionReference => ({ id: randomUUID(), at: new Date().toISOString() });

/** Lists the keys of the failed runs on a dataset, of one architecture or of all. */
async function failedRuns(
  store: ArtifactStore,
  documents: StudyDocuments,
  dataset: string,
  architecture: string | undefined,
): Promise<string[]> {
  const planned = (await documents.plan(dataset)).filter(
    ({ architectureName }) => architecture === undefined || architectureName === architecture,
  );
  const records = await concurrently(planned, requestsAtOnce, ({ runKey }) => readRunRecord(store, runKey));
  return planned.filter((_, index) => records[index]?.outcome === 'failed').map(({ runKey }) => runKey);
}

/** Notes an instruction to extend a study, which makes the extension part of its config; one that is already noted is left as it is. */
async function notedExtension(
  documents: StudyDocuments,
  input: StudyExtensionInput,
  { id, at }: InstructionReference,
): Promise<Extract<Instruction, { kind: 'extend' }>> {
  const known = await documents.findInstruction(id);
  if (known?.kind === 'extend') return known;
  const config = await documents.config();
  const extension = missingExtension(config, input, catalogue);
  const extended = extendConfig(config, extension);
  const architectures = networkCount(extended.population) ?? (await documents.architectures()).length;
  const instruction = {
    ...{ kind: 'extend' as const, id, at, extension, summary: extensionInWords(config, extension) },
    runs: architectures * extended.replicates * extended.datasets.length,
  };
  await documents.noteInstruction(instruction);
  return instruction;
}

/** Whether the worker's server has the search attributes of studies. */
async function isSearchable({ hasSearchAttributes }: ActivityDependencies): Promise<boolean> {
  return hasSearchAttributes !== undefined && hasSearchAttributes(Context.current().client);
}

function outlineOf(config: StudyConfig, population: readonly StudyNetwork[]): StudyOutline {
  const { concurrentRunsPerDataset, concurrentRuns, ...settings } = config.execution;
  return {
    architectures: population.length,
    datasets: datasetLabels(config),
    reference: config.reference,
    runsPerDataset: population.length * config.replicates,
    concurrentRunsPerDataset,
    concurrentRuns,
    run: {
      ...settings,
      predictions: settings.predictions ?? true,
      ...(config.rehearsal && { rehearsal: config.rehearsal }),
    },
  };
}

/**
 * Puts the networks that a config determines into the store and returns them; networks from a file have been in the store since the start.
 */
async function drawPopulation(
  config: StudyConfig,
  documents: StudyDocuments,
  signal: AbortSignal,
): Promise<StudyNetwork[]> {
  const networks = await networksOf(config, {
    // Drawing from a narrow window may take long: heartbeats and cancellation are handled between draws.
    onProgress: async () => {
      signal.throwIfAborted();
      await eventLoopTurn();
    },
  });
  if (networks === undefined) return documents.architectures();
  await documents.writeArchitectures(networks);
  return networks;
}

/** The most recently read populations, so that planning a large study does not parse all its architectures for each page. */
class PopulationCache {
  readonly #store: ArtifactStore;
  readonly #known = new Map<string, { content: Buffer; population: StudyNetwork[] }>();

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  async of(studyId: string): Promise<StudyNetwork[]> {
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
