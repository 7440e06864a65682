import { findAnalysis } from '../../lib/report/stored-analysis.ts';
import { studyArtifacts, StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import type { ArtifactStore } from '../../lib/store/artifact-store.ts';
import { headlineTable } from './headline.ts';

/** Prints the results of a finished study: the correlations with its reference, and where the report is. */
export async function printResults(store: ArtifactStore, studyId: string, { json }: { json: boolean }): Promise<void> {
  const names = studyArtifacts(studyId);
  const analysis = await findAnalysis(store, studyId);
  if (analysis === undefined) throw new Error(`${names.analysis} is not in ${store.location}`);
  const { reference, correlations } = analysis;
  const report = await store.localFile(names.report);
  const runs = (await new StudyDocuments(store, studyId).findOutcome())?.runs;
  process.stdout.write(
    json
      ? `${JSON.stringify({ studyId, runs, reference, correlations, report }, undefined, 2)}\n`
      : `\n${headlineTable(analysis)}\n\nreport: ${report}\n`,
  );
}
