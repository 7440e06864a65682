import type { Analysis, ErrorMatrix } from '../analysis/index.ts';
import { z } from 'zod';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith, parseWith } from '../core/validation.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { studyArtifacts } from '../study/documents/study-documents.ts';

/** An analysis as JSON, with its map of errors as a list of entries. */
type AnalysisDocument = Omit<Analysis, 'matrix'> & {
  matrix: Omit<ErrorMatrix, 'errors'> & { errors: [dataset: string, errors: readonly (number | null)[]][] };
};

/** Enough of an analysis to tell it from other documents; its figures are checked by recomputing them. */
const shape = z.looseObject({
  reference: z.string(),
  correlations: z.array(z.looseObject({})),
  matrix: z.looseObject({
    architectures: z.array(z.string()),
    errors: z.array(z.tuple([z.string(), z.array(z.number().nullable())])),
  }),
});

/** Converts an analysis to the JSON document that `findAnalysis` reads; its members keep their order, which pages show. */
export const analysisDocument = (analysis: Analysis): AnalysisDocument => ({
  ...analysis,
  matrix: { ...analysis.matrix, errors: [...analysis.matrix.errors] },
});

/**
 * Reads the stored analysis of a study; undefined if the study is not analyzed yet.
 * @throws ArtifactError if it is not the JSON document of an analysis
 */
export async function findAnalysis(store: ArtifactStore, study: string): Promise<Analysis | undefined> {
  const name = studyArtifacts(study).analysis;
  const content = await store.get(name);
  if (content === undefined) return undefined;
  const document = parseJsonWith(z.unknown(), content.toString(), name, ArtifactError);
  parseWith(shape, document, `${name} is invalid`, ArtifactError);
  const analysis = document as AnalysisDocument;
  return { ...analysis, matrix: { ...analysis.matrix, errors: new Map(analysis.matrix.errors) } };
}
