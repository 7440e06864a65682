import { toCsv } from '../results/results-table.ts';
import { attempt } from './attempts.ts';
import type { StudyActivities } from './contract.ts';
import { isPassing, lightAttempts } from './passing-failures.ts';
import { findAnalysis, storeAnalysis } from './stored-analysis.ts';
import { studyArtifacts } from './study-documents.ts';
import { analyzeStudy, collectStudyResults, reportOfStudy } from './study-results.ts';
import type { Surroundings } from './surroundings.ts';

type ReportingActivities = Pick<StudyActivities, 'collectResults' | 'correlate' | 'renderReport'>;

export function reportingActivities({ store }: Surroundings): ReportingActivities {
  return {
    collectResults: ({ study }) =>
      attempt(lightAttempts, isPassing, async () => {
        const { rows } = await collectStudyResults(store, study);
        await store.put(studyArtifacts(study).results, toCsv(rows));
        return { rows: rows.length };
      }),

    correlate: ({ study }) =>
      attempt(lightAttempts, isPassing, async (_report, signal) => {
        const analysis = await analyzeStudy(await collectStudyResults(store, study), signal);
        await storeAnalysis(store, study, analysis);
        return { pairs: analysis.correlations.length };
      }),

    renderReport: ({ study }) =>
      attempt(lightAttempts, isPassing, async (_report, signal) => {
        const results = await collectStudyResults(store, study);
        const { results: table, correlations, report } = studyArtifacts(study);
        const analysis = (await findAnalysis(store, study)) ?? (await analyzeStudy(results, signal));
        await store.put(report, await reportOfStudy(results, analysis));
        return { results: table, correlations, report };
      }),
  };
}
