import { findAnalysis } from '../../lib/report/stored-analysis.ts';
import type { ArtifactStore } from '../../lib/store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { headlineTable } from '../terminal/headline.ts';
import { printJson } from '../terminal/print-json.ts';

/**
 * Prints the results of a finished study: the correlations with its reference, and where the report is.
 * @param asJson further members of the document for programs; text for people if absent
 */
export async function printResults(
  store: ArtifactStore,
  studyId: string,
  asJson: Record<string, unknown> | undefined,
): Promise<void> {
  const names = studyArtifacts(studyId);
  const analysis = await findAnalysis(store, studyId);
  if (analysis === undefined) throw new Error(`${names.analysis} is not in ${store.location}`);
  const { reference, correlations } = analysis;
  const report = await store.localFile(names.report);
  const runs = (await new StudyDocuments(store, studyId).findOutcome())?.runs;
  if (asJson !== undefined) printJson({ studyId, ...asJson, runs, reference, correlations, report });
  else process.stdout.write(`\n${headlineTable(analysis)}\n\nreport: ${report}\n`);
}
