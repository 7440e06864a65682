import { concurrently } from '../lib/core/concurrently.ts';
import { findAnalysis } from '../lib/report/stored-analysis.ts';
import { analysisFiles, putFiles, reportFiles, writeTables } from '../lib/report/study-files.ts';
import { analyzeStudy, readStudyResults, readStudyRows } from '../lib/report/study-results.ts';
import { runsBetweenExtremes } from '../lib/results/extremes.ts';
import { requestsAtOnce } from '../lib/store/artifact-store.ts';
import { readRunRecord } from '../lib/study/documents/run-record.ts';
import { keepRecordOnly } from '../lib/study/documents/run-training.ts';
import { studyArtifacts } from '../lib/study/documents/study-documents.ts';
import type { StudyActivities } from './contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { studyAttempts } from './study-attempts.ts';

export type ReportingActivities = Pick<
  StudyActivities,
  'collectResults' | 'pruneArtifacts' | 'correlate' | 'renderReport'
>;

export function reportingActivities({ store }: ActivityDependencies): ReportingActivities {
  const onStudy = studyAttempts(store);
  return {
    collectResults: ({ studyId }) =>
      onStudy(studyId, async (_report, signal) => {
        return { rows: await writeTables(store, studyId, signal) };
      }),

    pruneArtifacts: ({ studyId }) =>
      onStudy(studyId, async (_report, signal) => {
        const { config, rows } = await readStudyRows(store, studyId);
        const pruned = await concurrently(
          runsBetweenExtremes(rows, config.analysis.extremes),
          requestsAtOnce,
          async (runKey) => {
            signal.throwIfAborted();
            // The study that carried out a shared run decides which of its files are kept.
            const isOwn = (await readRunRecord(store, runKey))?.studyId === studyId;
            if (isOwn) await keepRecordOnly(store, runKey);
            return isOwn;
          },
        );
        return { runs: pruned.filter((isOwn) => isOwn).length };
      }),

    correlate: ({ studyId }) =>
      onStudy(studyId, async (_report, signal) => {
        const analysis = await analyzeStudy(await readStudyResults(store, studyId), signal);
        await putFiles(store, analysisFiles(studyId, analysis));
        return { pairs: analysis.correlations.length };
      }),

    renderReport: ({ studyId }) =>
      onStudy(studyId, async (_report, signal) => {
        const study = await readStudyResults(store, studyId);
        const { results, correlations, report } = studyArtifacts(studyId);
        const analysis = (await findAnalysis(store, studyId)) ?? (await analyzeStudy(study, signal));
        await putFiles(store, (await reportFiles(store, study, analysis)).files);
        return { results, correlations, report };
      }),
  };
}
