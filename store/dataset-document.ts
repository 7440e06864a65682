import { z } from 'zod';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import { manifestSchema } from '../datasets/manifest.ts';
import { datasetSelectionSchema } from '../datasets/selection.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** A prepared dataset as every machine can make it again: what was selected, by which seed, and what came of it. */
const datasetDocumentSchema = z.strictObject({
  selection: datasetSelectionSchema,
  /** Of the draws of classes and images. */
  seed: z.int().min(0),
  manifest: manifestSchema,
});

export type DatasetDocument = z.infer<typeof datasetDocumentSchema>;

const documentName = (digest: string) => `datasets/${digest}/dataset.json`;

/** Puts a dataset's document into the store, where it is not there yet. */
export async function writeDatasetDocument(store: ArtifactStore, document: DatasetDocument): Promise<void> {
  await store.create(documentName(document.manifest.digest), `${JSON.stringify(document, undefined, 2)}\n`);
}

/**
 * The document of a prepared dataset.
 * @throws ArtifactError where the store has none of that digest, or a damaged one
 */
export async function readDatasetDocument(store: ArtifactStore, digest: string): Promise<DatasetDocument> {
  const name = documentName(digest);
  const content = await store.get(name);
  if (content === undefined)
    throw new ArtifactError('The dataset is not prepared', [`${name} is not in ${store.location}`]);
  return parseJsonWith(datasetDocumentSchema, content.toString(), name, ArtifactError);
}
