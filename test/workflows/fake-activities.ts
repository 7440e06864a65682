import type { ActivitiesByRole, FailedRun, PlannedRunReference, RunReference } from '../../activities/contract.ts';
import type { StudyOutcome } from '../../study/outcome.ts';

export interface FakeStudy {
  datasets: string[];
  /** Runs of each dataset, named arch-000 and so on. */
  runs: number;
  concurrentRunsPerDataset?: number;
  /** Run keys that the store has already. */
  recorded?: (runKey: string) => boolean;
  train?: ActivitiesByRole['train']['train'];
  evaluate?: ActivitiesByRole['train']['evaluate'];
  prepareDataset?: ActivitiesByRole['data']['prepareDataset'];
}

/** What the fake activities saw. */
export interface Seen {
  planned: string[];
  trained: string[];
  evaluated: string[];
  failures: FailedRun[];
  /** Times that the results were collected. */
  collected: number;
  concluded: StudyOutcome['runs'][];
}

/** Activities of every role that train nothing, and a log of what they were asked. */
export function fakeActivities(fake: FakeStudy): { activities: ActivitiesByRole; seen: Seen } {
  const seen: Seen = { planned: [], trained: [], evaluated: [], failures: [], collected: 0, concluded: [] };
  const runs = (dataset: string): PlannedRunReference[] =>
    Array.from({ length: fake.runs }, (_, index) => {
      const name = `arch-${String(index).padStart(3, '0')}`;
      const runKey = `${name}@${dataset}`;
      return { runKey, name, recorded: fake.recorded?.(runKey) ?? false };
    });
  const activities: ActivitiesByRole = {
    study: {
      samplePopulation: () =>
        Promise.resolve({
          architectures: fake.runs,
          datasets: fake.datasets,
          runsPerDataset: fake.runs,
          concurrentRunsPerDataset: fake.concurrentRunsPerDataset ?? 2,
          attempts: 3,
        }),
      planRuns: ({ dataset }) => {
        seen.planned.push(dataset);
        return Promise.resolve(runs(dataset));
      },
      recordFailure: (failed) => {
        seen.failures.push(failed);
        return Promise.resolve();
      },
      collectResults: () => {
        seen.collected++;
        return Promise.resolve({ rows: fake.runs });
      },
      correlate: () => Promise.resolve({ pairs: 1 }),
      concludeStudy: ({ runs }) => {
        seen.concluded.push(runs);
        return Promise.resolve();
      },
      renderReport: () =>
        Promise.resolve({ results: 'results.csv', correlations: 'correlations.json', report: 'report.html' }),
    },
    data: {
      prepareDataset: fake.prepareDataset ?? (() => Promise.resolve({ digest: 'd', images: 1 })),
    },
    train: {
      train: (input) => {
        seen.trained.push(input.runKey);
        return fake.train?.(input) ?? Promise.resolve('trained');
      },
      evaluate: (input) => {
        seen.evaluated.push(input.runKey);
        return fake.evaluate?.(input) ?? Promise.resolve({ top1Error: 0.5 });
      },
    },
  };
  return { activities, seen };
}

export const architectureOf = ({ runKey }: RunReference): string => runKey.split('@')[0] as string;
