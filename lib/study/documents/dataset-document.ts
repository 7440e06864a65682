import { z } from 'zod';
import { ArtifactError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { manifestSchema } from '../../datasets/manifest.ts';
import { datasetSelectionSchema } from '../../datasets/selection.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';

/** All that a machine needs to prepare the same dataset again: the selection, the seed, and the resulting manifest. */
const datasetDocumentSchema = z.strictObject({
  selection: datasetSelectionSchema,
  /** Seed of the random draws of classes and images. */
  seed: z.int().min(0),
  manifest: manifestSchema,
});

export type DatasetDocument = z.infer<typeof datasetDocumentSchema>;

const documentName = (digest: string) => `datasets/${digest}/dataset.json`;

/** Puts a dataset's document into the store, unless it is already there. */
export async function writeDatasetDocument(store: ArtifactStore, document: DatasetDocument): Promise<void> {
  await store.create(documentName(document.manifest.digest), `${JSON.stringify(document, undefined, 2)}\n`);
}

/**
 * Reads the document of a prepared dataset.
 * @throws ArtifactError if the store has no document for that digest, or one that is damaged or of another dataset
 */
export async function readDatasetDocument(store: ArtifactStore, digest: string): Promise<DatasetDocument> {
  const name = documentName(digest);
  const content = await store.get(name);
  if (content === undefined)
    throw new ArtifactError('The dataset is not prepared', [`${name} is not in ${store.location}`]);
  const document = parseJsonWith(datasetDocumentSchema, content.toString(), name, ArtifactError);
  if (document.manifest.digest !== digest)
    throw new ArtifactError(`${name} is the document of another dataset`, [
      `manifest.digest must be ${digest}, got ${document.manifest.digest}`,
    ]);
  return document;
}
