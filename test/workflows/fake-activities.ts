import type { ActivitiesByRole, FailedRun, RunInput, StudyOutline } from '../../activities/contract.ts';
import type { PlannedRun } from '../../lib/study/documents/study-documents.ts';
import type { Instruction } from '../../lib/study/instruction.ts';
import type { StudyOutcome } from '../../lib/study/outcome.ts';

export interface FakeStudy {
  datasets: string[];
  /** Runs of each dataset, named arch-000 and so on. */
  runs: number;
  concurrentRunsPerDataset?: number;
  concurrentRuns?: number;
  /** Number of runs that are planned at a time. */
  runsPerPage?: number;
  /** Run keys that the store has already. */
  recorded?: (runKey: string) => boolean;
  train?: ActivitiesByRole['train']['train'];
  evaluate?: ActivitiesByRole['train']['evaluate'];
  prepareDataset?: ActivitiesByRole['data']['prepareDataset'];
  /** Replacements for activities of the study role. */
  study?: Partial<ActivitiesByRole['study']>;
}

/** Log of the calls of the fake activities. */
export interface Seen {
  /** Label and part, e.g. `mnist 0`. */
  planned: string[];
  trained: string[];
  evaluated: string[];
  failures: FailedRun[];
  /** How often the results were collected. */
  collected: number;
  /** The outcomes in the store: none while the study is running. */
  concluded: StudyOutcome['runs'][];
  noted: Instruction[];
}

/** Returns activities of every role that train nothing, and a log of their calls. */
export function fakeActivities(fake: FakeStudy): { activities: ActivitiesByRole; seen: Seen } {
  const seen: Seen = { planned: [], trained: [], evaluated: [], failures: [], collected: 0, concluded: [], noted: [] };
  const failed = new Set<string>();
  const finished = new Set<string>();
  let { runs, datasets } = fake;
  const outline = (): StudyOutline => ({
    architectures: runs,
    datasets,
    reference: datasets[0]!,
    runsPerDataset: runs,
    concurrentRunsPerDataset: fake.concurrentRunsPerDataset ?? 2,
    concurrentRuns: fake.concurrentRuns ?? null,
    run: { maximumAttempts: 3, tensorBoard: false, retain: 'everything' },
  });
  const activities: ActivitiesByRole = {
    study: {
      submitStudy: () => Promise.resolve(),
      samplePopulation: () => Promise.resolve({ ...outline(), searchable: false, instructions: [] }),
      extendStudy: ({ extension, instruction }) => {
        runs = extension.architectures ?? runs;
        datasets = [...datasets, ...(extension.datasets ?? []).map(({ dataset }) => dataset)];
        const noted = {
          ...{ kind: 'extend' as const, ...instruction, summary: `extended to ${runs} on ${datasets.join(', ')}` },
          ...{ extension: {}, runs: runs * datasets.length },
        };
        return Promise.resolve({ ...outline(), instruction: noted });
      },
      noteInstructions: ({ instructions }) => {
        seen.noted.push(...instructions);
        return Promise.resolve();
      },
      reopenStudy: () => {
        seen.concluded.pop();
        return Promise.resolve();
      },
      clearFailedRuns: ({ dataset }) => {
        const cleared = [...failed].filter((runKey) => runKey.split('@')[1] === dataset);
        for (const runKey of cleared) failed.delete(runKey);
        return Promise.resolve(cleared.length);
      },
      planRuns: ({ dataset, page }) => {
        seen.planned.push(`${dataset} ${page}`);
        const perPage = fake.runsPerPage ?? 250;
        const open: PlannedRun[] = [];
        const settled = { finished: 0, reused: 0, diverged: 0, failed: 0 };
        for (let index = page * perPage; index < Math.min(runs, (page + 1) * perPage); index++) {
          const name = `arch-${String(index).padStart(3, '0')}`;
          const runKey = `${name}@${dataset}`;
          if (finished.has(runKey)) settled.finished++;
          else if (failed.has(runKey)) settled.failed++;
          else if (fake.recorded?.(runKey) === true) settled.reused++;
          else open.push({ runKey, name, architectureName: name });
        }
        return Promise.resolve({ open, settled, isLast: (page + 1) * perPage >= runs });
      },
      recordFailure: (run) => {
        seen.failures.push(run);
        failed.add(run.runKey);
        return Promise.resolve('failed');
      },
      collectResults: () => {
        seen.collected++;
        return Promise.resolve({ rows: runs });
      },
      pruneArtifacts: () => Promise.resolve({ runs: 0 }),
      correlate: () => Promise.resolve({ pairs: 1 }),
      concludeStudy: ({ runs: counts }) => {
        seen.concluded.push(counts);
        return Promise.resolve();
      },
      renderReport: () =>
        Promise.resolve({ results: 'results.csv', correlations: 'correlations.json', report: 'report.html' }),
      ...fake.study,
    },
    data: {
      prepareDataset: fake.prepareDataset ?? (() => Promise.resolve({ digest: 'd', images: 1 })),
    },
    train: {
      train: (input) => {
        seen.trained.push(input.runKey);
        return fake.train?.(input) ?? Promise.resolve('trained');
      },
      evaluate: async (input) => {
        seen.evaluated.push(input.runKey);
        const result = (await fake.evaluate?.(input)) ?? { top1Error: 0.5 };
        finished.add(input.runKey);
        return result;
      },
    },
  };
  return { activities, seen };
}

export const architectureOf = ({ runKey }: Pick<RunInput, 'runKey'>): string => runKey.split('@')[0]!;
