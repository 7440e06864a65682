import { join } from 'node:path';
import { studyArtifacts } from '../../activities/study-documents.ts';
import { analyzeStudy, collectStudyResults } from '../../activities/study-results.ts';
import type { ArtifactStore } from '../../results/artifact-store.ts';
import { headlineTable } from '../headline.ts';

/** Prints what came out of a study: the correlations with its reference, and where the report is. */
export async function printResults(store: ArtifactStore, study: string, { json }: { json: boolean }): Promise<void> {
  const analysis = await analyzeStudy(await collectStudyResults(store, study));
  const report = join(store.location, studyArtifacts(study).report);
  process.stdout.write(
    json
      ? `${JSON.stringify({ study, reference: analysis.reference, correlations: analysis.correlations, report }, undefined, 2)}\n`
      : `${headlineTable(analysis)}\n\nreport: ${report}\n`,
  );
}
