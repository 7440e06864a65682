import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from '../core/canonical-json.ts';
import { OperationalError } from '../core/errors.ts';
import { selectionLabel, type DatasetSelection } from './selection.ts';
import { datasetEntry } from './dataset-entry.ts';
import type { DatasetManifest } from './manifest.ts';
import { openPreparedDataset } from './prepared-dataset.ts';
import type { DatasetEntry } from './source.ts';
import { bySplits } from './split-source.ts';
import { planSplits } from './split-plan.ts';
import { writePrepared } from './write-prepared.ts';

export interface PreparationProgress {
  /** Images written so far, of all splits. */
  images: number;
  of: number;
}

export interface PreparationOptions {
  /** Of the draws of classes and images. */
  seed: number;
  /** Folder that holds the prepared datasets, one folder each. */
  directory: string;
  /** Folder with downloaded datasets, one folder each, named as in the catalogue. */
  dataRoot?: string | undefined;
  onProgress?: ((progress: PreparationProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** The dataset itself, where it is not one of the catalogue. */
  entry?: DatasetEntry;
}

/**
 * Prepares a selection for training: draws classes and splits, brings every image to the same square size, and writes shards
 * with a manifest. What was prepared before from the same source, selection and seed is verified and used again. The folder
 * appears whole or not at all; two preparations at the same time are safe, the first to end is kept.
 * @throws DatasetError where data is missing or damaged, ConfigError where the selection cannot be met
 */
export async function prepareDataset(
  selection: DatasetSelection,
  { seed, directory, dataRoot, onProgress, signal, entry = datasetEntry(selection) }: PreparationOptions,
): Promise<{ directory: string; manifest: DatasetManifest }> {
  signal?.throwIfAborted();
  const location = await entry.locate(dataRoot, signal);
  const name = folderName(selection, seed, location.version);
  const target = join(directory, name);
  const existing = await openExisting(target);
  if (existing !== undefined) return { directory: target, manifest: existing };

  const source = await bySplits(await location.open());
  await mkdir(directory, { recursive: true });
  await removeAbandoned(directory, name);
  const partial = join(directory, `${name}${partialMark}${randomUUID()}`);
  await mkdir(partial);
  try {
    const job = {
      source,
      plan: planSplits(selection, seed, source),
      label: selectionLabel(selection),
      imageSize: selection.imageSize ?? entry.imageSize,
      channels: entry.channels,
    };
    const manifest = await writePrepared(partial, job, (images, of) => onProgress?.({ images, of }), signal);
    return { directory: target, manifest: await publish(partial, target, manifest) };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const partialMark = '.partial-';

function folderName(selection: DatasetSelection, seed: number, version: string): string {
  // The protocol says how to train on the images, not which they are.
  const images = { ...selection, protocol: undefined };
  const key = contentHash({ format: 1, images, seed, version }).slice(0, 16);
  return `${selectionLabel(selection).replaceAll('/', '-')}-${key}`;
}

/** The manifest of a dataset prepared before; undefined where there is none. A damaged one is removed. */
async function openExisting(target: string): Promise<DatasetManifest | undefined> {
  const exists = await stat(target).catch(() => undefined);
  if (exists === undefined) return undefined;
  try {
    const dataset = await openPreparedDataset(target, { verify: true });
    await dataset.close();
    return dataset.manifest;
  } catch (error) {
    if (!(error instanceof OperationalError && error.category === 'input')) throw error;
    await rm(target, { recursive: true, force: true });
    return undefined;
  }
}

/** Milliseconds: a partial folder that was not written to for so long belongs to nobody. */
const abandonedAfter = 6 * 3600e3;

/** Removes what killed preparations of the same dataset left. */
async function removeAbandoned(directory: string, name: string): Promise<void> {
  for (const file of await readdir(directory)) {
    const path = join(directory, file);
    if (file.startsWith(name + partialMark) && Date.now() - (await lastChange(path)) > abandonedAfter)
      await rm(path, { recursive: true, force: true });
  }
}

/** When a folder or a file in it was last written to, in milliseconds; now for what another process is renaming or removing. */
async function lastChange(folder: string): Promise<number> {
  try {
    const paths = [folder, ...(await readdir(folder)).map((file) => join(folder, file))];
    return Math.max(...(await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return Date.now();
  }
}

/** Gives the finished folder its name; where another preparation was first, its dataset is the one that counts. */
async function publish(partial: string, target: string, manifest: DatasetManifest): Promise<DatasetManifest> {
  try {
    await rename(partial, target);
    return manifest;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    return (await openExisting(target)) ?? publish(partial, target, manifest);
  }
}
