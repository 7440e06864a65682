import { correlationsCsv } from '../analysis/correlations-file.ts';
import { toCsv } from '../results/results-table.ts';
import { attempt } from './attempts.ts';
import type { StudyActivities } from './contract.ts';
import { isPassing, lightAttempts } from './passing-failures.ts';
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
        const names = studyArtifacts(study);
        await store.put(names.correlations, `${JSON.stringify(analysis.correlations, undefined, 2)}\n`);
        await store.put(names.correlationsTable, correlationsCsv(analysis.correlations));
        return { pairs: analysis.correlations.length };
      }),

    renderReport: ({ study }) =>
      attempt(lightAttempts, isPassing, async (_report, signal) => {
        const results = await collectStudyResults(store, study);
        const { results: table, correlations, report } = studyArtifacts(study);
        await store.put(report, await reportOfStudy(results, await analyzeStudy(results, signal)));
        return { results: table, correlations, report };
      }),
  };
}
