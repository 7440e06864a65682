import type { Analysis, ErrorMatrix } from '../analysis/index.ts';
import { csvOf } from '../results/flat-rows.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { studyArtifacts } from '../study/documents/study-documents.ts';
import { analysisTables } from './analysis-tables.ts';
import { forSpreadsheets } from './spreadsheet-text.ts';

/** An analysis as JSON: its map of errors is a list of entries. */
type AnalysisDocument = Omit<Analysis, 'matrix'> & {
  matrix: Omit<ErrorMatrix, 'errors'> & { errors: [dataset: string, errors: (number | null)[]][] };
};

/** Puts the analysis of a study into the store: whole for its report, and the correlations for whoever wants them. */
export async function storeAnalysis(store: ArtifactStore, study: string, analysis: Analysis): Promise<void> {
  const names = studyArtifacts(study);
  const { matrix, correlations } = analysis;
  const document = { ...analysis, matrix: { ...matrix, errors: [...matrix.errors] } };
  await store.put(names.analysis, `${JSON.stringify(document)}\n`);
  await store.put(names.correlations, `${JSON.stringify(correlations, undefined, 2)}\n`);
  await store.put(names.correlationsTable, csvOf(forSpreadsheets(analysisTables(analysis).get('correlations')!())));
}

/** What `storeAnalysis` put there last; undefined where the study is not analyzed yet. */
export async function findAnalysis(store: ArtifactStore, study: string): Promise<Analysis | undefined> {
  const content = await store.get(studyArtifacts(study).analysis);
  if (content === undefined) return undefined;
  const { matrix, ...analysis } = JSON.parse(content.toString()) as AnalysisDocument;
  return { ...analysis, matrix: { ...matrix, errors: new Map(matrix.errors) } };
}
