import { concurrently } from '../lib/core/concurrently.ts';
import { findAnalysis, storeAnalysis } from '../lib/report/stored-analysis.ts';
import { analyzeStudy, readReportInput, readStudyResults, readStudyRows } from '../lib/report/study-results.ts';
import { studyReport } from '../lib/report/study-report.ts';
import { middlingRuns } from '../lib/results/extremes.ts';
import { requestsAtOnce } from '../lib/store/artifact-store.ts';
import { readRunRecord } from '../lib/study/documents/run-record.ts';
import { keepRecordOnly } from '../lib/study/documents/run-training.ts';
import { collectRuns, formatCurves, rowsOfRuns } from '../lib/results/collect-results.ts';
import { formatResults } from '../lib/results/results-table.ts';
import { studyArtifacts } from '../lib/study/documents/study-documents.ts';
import { attempt } from './attempts.ts';
import type { StudyActivities } from './contract.ts';
import { light, type ActivityDependencies } from './dependencies.ts';

export type ReportingActivities = Pick<
  StudyActivities,
  'collectResults' | 'pruneArtifacts' | 'correlate' | 'renderReport'
>;

export function reportingActivities({ store }: ActivityDependencies): ReportingActivities {
  return {
    collectResults: ({ studyId }) =>
      attempt(light, async () => {
        const runs = await collectRuns(store, studyId);
        const { results, curves } = studyArtifacts(studyId);
        await store.put(results, formatResults(rowsOfRuns(runs)));
        await store.put(curves, formatCurves(runs));
        return { rows: runs.length };
      }),

    pruneArtifacts: ({ studyId }) =>
      attempt(light, async (_report, signal) => {
        const { config, rows } = await readStudyRows(store, studyId);
        const pruned = await concurrently(
          middlingRuns(rows, config.analysis.extremes),
          requestsAtOnce,
          async (runKey) => {
            signal.throwIfAborted();
            // What is kept of a shared run is for the study to say that carried it out.
            const isOwn = (await readRunRecord(store, runKey))?.studyId === studyId;
            if (isOwn) await keepRecordOnly(store, runKey);
            return isOwn;
          },
        );
        return { runs: pruned.filter((isOwn) => isOwn).length };
      }),

    correlate: ({ studyId }) =>
      attempt(light, async (_report, signal) => {
        const analysis = await analyzeStudy(await readStudyResults(store, studyId), signal);
        await storeAnalysis(store, studyId, analysis);
        return { pairs: analysis.correlations.length };
      }),

    renderReport: ({ studyId }) =>
      attempt(light, async (_report, signal) => {
        const study = await readStudyResults(store, studyId);
        const { results, correlations, report } = studyArtifacts(studyId);
        const analysis = (await findAnalysis(store, studyId)) ?? (await analyzeStudy(study, signal));
        await store.put(report, await studyReport(await readReportInput(store, study, analysis)));
        return { results, correlations, report };
      }),
  };
}
