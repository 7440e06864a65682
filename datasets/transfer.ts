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
  /** Relative to the folder of the prepared datasets, `/`-separated. */
  path: string;
  bytes: number;
}

/**
 * The files that another machine needs to have a prepared dataset: first those of its images, then those of the view, each with the
 * manifest last. Several views of the same images share most of these files.
 * @param directory as returned by `prepareDataset`
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
 * Checks a prepared dataset whose files came from elsewhere: all its files, and that its data matches its digest. Files that this machine
 * has already found intact are not read again.
 * @param directory folder of its view, below the same folder as its images
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
