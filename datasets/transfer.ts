import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import { DatasetError } from './dataset-error.ts';
import { splitNames, type DatasetManifest } from './manifest.ts';
import { readManifest } from './prepared-dataset.ts';
import { imagesManifestSchema, manifestFile } from './shards/images-manifest.ts';
import { readPositions } from './shards/positions.ts';
import { StoredImages } from './shards/stored-images.ts';
import { damagedShards } from './shards/verification.ts';
import { positionFiles, viewDigest } from './views/write-view.ts';

/** A file that a prepared dataset consists of. */
export interface PreparedFile {
  /** From the folder that holds the prepared datasets, `/`-separated. */
  path: string;
  bytes: number;
}

/**
 * The files by which another machine has a prepared dataset, its images included: first its images', then its own, the manifests
 * last of each. Several views on the same images have most of them in common.
 * @param directory as `prepareDataset` returns it
 */
export async function preparedFiles(directory: string): Promise<PreparedFile[]> {
  const manifest = await readManifest(directory);
  const images = join(directory, manifest.parent.directory);
  const path = join(images, manifestFile);
  const { shards, tables } = parseJsonWith(imagesManifestSchema, await readFile(path, 'utf8'), path, ArtifactError);
  const root = resolve(directory, '..', '..');
  const named = (folder: string, file: string, bytes: number): PreparedFile => ({
    path: relative(root, resolve(folder, file)).replaceAll('\\', '/'),
    bytes,
  });
  const manifestOf = async (folder: string) =>
    named(folder, manifestFile, (await stat(join(folder, manifestFile))).size);
  const kept = Object.values(tables).filter((table) => table !== undefined);
  return [
    ...[...shards, ...kept].map(({ file, bytes }) => named(images, file, bytes)),
    await manifestOf(images),
    ...splitNames.map((split) =>
      named(directory, manifest.splits[split].positions.file, manifest.splits[split].positions.bytes),
    ),
    await manifestOf(directory),
  ];
}

/**
 * Checks a prepared dataset whose files came from elsewhere: all of them, and that it is the data of its digest. What this machine has
 * found whole before is not read again.
 * @param directory where its view lies, below the same folder as its images
 * @throws DatasetError naming what is missing or damaged
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
