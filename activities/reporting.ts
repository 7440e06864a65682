import { formatResults } from '../results/results-table.ts';
import { attempt } from './attempts.ts';
import type { StudyActivities } from './contract.ts';
import { isRetryable, lightAttempts } from './retryable.ts';
import { findAnalysis, storeAnalysis } from '../report/stored-analysis.ts';
import { studyArtifacts } from '../store/study-documents.ts';
import { analyzeStudy, collectStudyResults, reportOfStudy } from '../report/study-results.ts';
import type { ActivityDependencies } from './dependencies.ts';

type ReportingActivities = Pick<StudyActivities, 'collectResults' | 'correlate' | 'renderReport'>;

export function reportingActivities({ store }: ActivityDependencies): ReportingActivities {
  return {
    collectResults: ({ study }) =>
      attempt(lightAttempts, isRetryable, async () => {
        const { rows } = await collectStudyResults(store, study);
        await store.put(studyArtifacts(study).results, formatResults(rows));
        return { rows: rows.length };
      }),

    correlate: ({ study }) =>
      attempt(lightAttempts, isRetryable, async (_report, signal) => {
        const analysis = await analyzeStudy(await collectStudyResults(store, study), signal);
        await storeAnalysis(store, study, analysis);
        return { pairs: analysis.correlations.length };
      }),

    renderReport: ({ study }) =>
      attempt(lightAttempts, isRetryable, async (_report, signal) => {
        const results = await collectStudyResults(store, study);
        const { results: table, correlations, report } = studyArtifacts(study);
        const analysis = (await findAnalysis(store, study)) ?? (await analyzeStudy(results, signal));
        await store.put(report, await reportOfStudy(results, analysis));
        return { results: table, correlations, report };
      }),
  };
}
