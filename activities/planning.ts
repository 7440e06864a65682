import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { samplePopulation } from '../design-space/sampler.ts';
import type { NamedArchitecture } from '../design-space/population.ts';
import { writeRunRecord } from '../store/run-records.ts';
import type { StudyConfig } from '../study/config.ts';
import { datasetLabels } from '../study/plan.ts';
import { attempt } from './attempts.ts';
import type { StudyActivities } from './contract.ts';
import { isRetryable, lightAttempts } from './retryable.ts';
import { recordOf, resolveRun } from '../runs/resolved-run.ts';
import { planRunsOn } from '../runs/run-planning.ts';
import { isRecorded, StudyDocuments } from '../store/study-documents.ts';
import type { ActivityDependencies } from './dependencies.ts';

type PlanningActivities = Pick<StudyActivities, 'samplePopulation' | 'planRuns' | 'recordFailure' | 'concludeStudy'>;

export function planningActivities({ store, trainer }: ActivityDependencies): PlanningActivities {
  return {
    samplePopulation: ({ study }) =>
      attempt(lightAttempts, isRetryable, async (_report, signal) => {
        const documents = new StudyDocuments(store, study);
        const config = await documents.config();
        const architectures = await populationOf(config, documents, signal);
        await documents.writeArchitectures(architectures);
        return {
          architectures: architectures.length,
          datasets: datasetLabels(config),
          runsPerDataset: architectures.length * config.replicates,
          concurrentRunsPerDataset: config.execution.concurrentRunsPerDataset,
          attempts: config.execution.attempts,
        };
      }),

    planRuns: ({ study, dataset }) =>
      attempt(lightAttempts, isRetryable, async () => {
        const documents = new StudyDocuments(store, study);
        const [config, manifest, population] = await Promise.all([
          documents.config(),
          documents.dataset(dataset),
          documents.architectures(),
        ]);
        const runs = planRunsOn(manifest, config, population, trainer.engine);
        await documents.writePlan(dataset, runs);
        return Promise.all(
          runs.map(async ({ runKey, name }) => ({ runKey, name, recorded: await isRecorded(store, runKey) })),
        );
      }),

    recordFailure: ({ failure, ...reference }) =>
      attempt(lightAttempts, isRetryable, async () => {
        if (await isRecorded(store, reference.runKey)) return;
        const run = await resolveRun(new StudyDocuments(store, reference.study), reference);
        const now = new Date().toISOString();
        await writeRunRecord(store, {
          ...recordOf(reference, run),
          versions: { engine: trainer.engine },
          outcome: 'failed',
          failure,
          curve: [],
          validation: null,
          test: null,
          timings: { startedAt: now, finishedAt: now, trainingSeconds: 0, evaluationSeconds: 0 },
        });
      }),

    concludeStudy: (outcome) =>
      attempt(lightAttempts, isRetryable, () => new StudyDocuments(store, outcome.studyId).writeOutcome(outcome)),
  };
}

/** The architectures of a study: sampled, or those that its start put into the store. */
async function populationOf(
  { population, seeds }: StudyConfig,
  documents: StudyDocuments,
  signal: AbortSignal,
): Promise<NamedArchitecture[]> {
  if (population.source === 'file') return documents.architectures();
  const { architectures } = await samplePopulation(population.space, {
    count: population.count,
    seed: seeds.population,
    // A narrow window may take long: heartbeats and cancellation come through between draws.
    onProgress: async () => {
      signal.throwIfAborted();
      await eventLoopTurn();
    },
  });
  return architectures;
}
