import { workOnStudy } from '../lib/runs/foreign-study.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { attempt } from './attempts.ts';
import { light } from './dependencies.ts';

/** Makes attempts at light work on a study; a worker whose store has nothing of the study leaves the work to others. */
export const studyAttempts =
  (store: ArtifactStore) =>
  <Progress, Result>(
    studyId: string,
    work: (report: (progress: Progress) => void, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> =>
    attempt<Progress, Result>(light, (report, signal) => workOnStudy(store, studyId, () => work(report, signal)));
