import { join } from 'node:path';
import { contentHash } from '../core/canonical-json.ts';
import { DatasetError } from './dataset-error.ts';
import type { DatasetManifest } from './manifest.ts';
import { readManifest } from './prepared-dataset.ts';
import type { ImagesManifest } from './shards/images-manifest.ts';
import { readPositions } from './shards/positions.ts';
import { StoredImages } from './shards/stored-images.ts';
import { damagedShards } from './shards/verification.ts';
import { folders, positionFiles, viewDigest } from './views/write-view.ts';

/** Returns the name of a folder of images in a store: folders with equal names have equal files of pixels and tables. */
export const imagesName = ({ digest, shards }: Pick<ImagesManifest, 'digest' | 'shards'>): string =>
  contentHash({ digest, shards }).slice(0, 32);

/** Returns the manifest of a prepared dataset whose images lie in a folder of such a name, beside the folder of views. */
export const onImages = (manifest: DatasetManifest, name: string): DatasetManifest => ({
  ...manifest,
  parent: { ...manifest.parent, directory: `../../${folders.images}/${name}` },
});

/**
 * Checks all files of a prepared dataset, and that its data has the digest of its manifest. Files that were found intact before are not
 * read again.
 * @param directory folder of its view, which lies below the same folder as its images
 * @throws DatasetError naming a file that is missing or damaged
 */
export async function adoptDataset(directory: string, signal?: AbortSignal): Promise<DatasetManifest> {
  const manifest = await readManifest(directory);
  const images = await StoredImages.open(join(directory, manifest.parent.directory));
  const [damaged] = await damagedShards(images, signal);
  if (damaged !== undefined)
    throw new DatasetError(`${join(images.directory, images.manifest.shards[damaged]!.file)} is damaged`);
  const { labels, trainingDigest } = manifest.parent;
  const plan = { labels, positions: await readPositions(directory, positionFiles(manifest)) };
  const digest = await viewDigest(images, plan, trainingDigest);
  if (digest !== manifest.digest)
    throw new DatasetError(`${directory} must have data with digest ${manifest.digest}, got ${digest}`);
  return manifest;
}
