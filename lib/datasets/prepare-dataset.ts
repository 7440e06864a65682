import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from '../core/canonical-json.ts';
import { ArtifactError, OperationalError } from '../core/errors.ts';
import { withLock, type HeldLock } from '../core/files/lock.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import { datasetEntry } from './dataset-entry.ts';
import { incompleteness } from './expected-images.ts';
import { decodingAdvice } from './images/decoding-threads.ts';
import type { DatasetManifest } from './manifest.ts';
import { openPreparedDataset } from './prepared-dataset.ts';
import { selectionLabel } from './selection-label.ts';
import type { DatasetSelection } from './selection.ts';
import { rebuildShard } from './shards/rebuild-shard.ts';
import { exists, storeImages } from './shards/store-images.ts';
import { StoredImages } from './shards/stored-images.ts';
import { damagedShards, markVerified } from './shards/verification.ts';
import type { DatasetEntry, DatasetLocation } from './source.ts';
import { splitsOf } from './splits/stored-splits.ts';
import { planView } from './views/plan-view.ts';
import { folders, writeView } from './views/write-view.ts';

export interface PreparationProgress {
  /** Number of images of the whole dataset read so far. */
  images: number;
  of: number;
}

export interface PreparationOptions {
  /** Seed of the random draws of splits, classes and images. */
  seed: number;
  /** Folder that holds the prepared datasets. */
  directory: string;
  /** Folder of downloaded datasets: one subfolder each, named as in the catalogue. */
  dataRoot?: string | undefined;
  onProgress?: ((progress: PreparationProgress) => void) | undefined;
  /** Called with events worth reporting, e.g. that a damaged shard was rebuilt. */
  onNotice?: ((notice: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** The dataset, if it is not the one that the selection names. */
  entry?: DatasetEntry;
  /** Maximum bytes of a shard; 64 MiB by default. */
  shardBytes?: number;
}

/** Incremented when the same source yields different pixels than before. */
const pixelsVersion = 1;

/**
 * Prepares a selection for training: converts all images of its dataset to one form and writes them to shards, once for all selections
 * from it; divides them into splits, once per seed; and writes the selection as a view of them. Earlier preparations are
 * reused; shards are verified once on this machine, and damaged ones are rebuilt. Concurrent calls for the same dataset, also from
 * different processes, take turns; an interrupted call is continued by the next.
 * @returns the folder of the view, for `openPreparedDataset`
 * @throws DatasetError or ArtifactError if data is missing, incomplete or damaged, ConfigError if the selection cannot be met
 */
export async function prepareDataset(
  selection: DatasetSelection,
  options: PreparationOptions,
): Promise<{ directory: string; manifest: DatasetManifest }> {
  const { seed, directory, dataRoot, signal, entry = datasetEntry(selection) } = options;
  signal?.throwIfAborted();
  const label = selectionLabel(selection);
  const location = await entry.locate(dataRoot, signal);
  const images = await imagesOf(selection, entry, location, options);
  checkUsable(images, selection, label);
  const folder = join(directory, folders.views, viewName(selection, label, seed, images.manifest.digest));
  const existing = await openExisting(folder);
  if (existing !== undefined) return { directory: folder, manifest: existing };

  const { validationFraction, testFraction, groupedSplits: grouped } = selection;
  const splits = await splitsOf(images, { seed, validationFraction, testFraction, grouped });
  const { dataset, classes } = images.manifest;
  const data = { dataset, classes, labels: await images.labels(), positions: splits.positions };
  const plan = planView(data, selection, seed, label);
  return { directory: folder, manifest: await writeView(folder, { label, seed, images, splits, plan }) };
}

/** Returns the images of a selection's dataset, stored now, or stored earlier and now verified. */
async function imagesOf(
  selection: DatasetSelection,
  entry: DatasetEntry,
  location: DatasetLocation,
  { directory, signal: callerSignal, onProgress, onNotice, shardBytes }: PreparationOptions,
): Promise<StoredImages> {
  const { channels } = entry;
  const { fit, imageSize = entry.imageSize } = selection;
  const key = contentHash({ pixelsVersion, version: location.version, imageSize, fit, channels }).slice(0, 16);
  const target = join(directory, folders.images, `${entry.name}-${imageSize}-${fit}-${key}`);
  await makeFolder(join(directory, folders.images));
  return withLock(target, { signal: callerSignal }, async (signal, lock) => {
    const existing = await openImages(target, signal);
    if (existing !== undefined) {
      const { images, damaged } = existing;
      if (damaged.length > 0) await rebuild(images, damaged, location, { signal, onNotice, lock });
      return images;
    }
    const source = await location.open(signal);
    if (source.isDecoded !== true) {
      const advice = decodingAdvice();
      if (advice !== undefined) onNotice?.(advice);
    }
    const incomplete = incompleteness(source, entry.expected);
    if (incomplete.length > 0 && !selection.allowIncomplete) throw incompleteDataset(entry.name, incomplete);
    const { form, version } = location;
    await storeImages(
      target,
      source,
      { dataset: entry.name, source: { form, version }, incomplete, imageSize, fit, channels },
      {
        unreadableShare: selection.unreadableShare,
        onImages: (images, of) => onProgress?.({ images, of }),
        signal,
        ...(shardBytes !== undefined && { shardBytes }),
      },
    );
    const stored = await StoredImages.open(target);
    // Only files that this process alone has written are known to be intact without a check.
    if (await lock.isHeld()) await markVerified(stored);
    return stored;
  });
}

/**
 * Opens images that were stored earlier and finds their damaged shards; undefined if there are none. Removes them if anything else is
 * damaged.
 */
async function openImages(
  target: string,
  signal: AbortSignal | undefined,
): Promise<{ images: StoredImages; damaged: number[] } | undefined> {
  if (!(await exists(target))) return undefined;
  const existing = await undamaged(async () => {
    const images = await StoredImages.open(target, { tolerant: true });
    return { images, damaged: await damagedShards(images, signal) };
  });
  if (existing === undefined) await rm(target, { recursive: true });
  return existing;
}

/** Reads the view that was written earlier; undefined if there is none, or if it is damaged. */
async function openExisting(folder: string): Promise<DatasetManifest | undefined> {
  if (!(await exists(folder))) return undefined;
  return (await undamaged(() => openPreparedDataset(folder)))?.manifest;
}

async function undamaged<Result>(open: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof OperationalError && error.category === 'input') return undefined;
    throw error;
  }
}

async function rebuild(
  images: StoredImages,
  damaged: readonly number[],
  location: DatasetLocation,
  { signal, onNotice, lock }: Pick<PreparationOptions, 'signal' | 'onNotice'> & { lock: HeldLock },
): Promise<void> {
  const { directory, manifest } = images;
  const source = await location.open(signal);
  const hashes = await images.hashes();
  for (const shard of damaged) {
    await rebuildShard({ directory, manifest, hashes }, shard, source, signal);
    onNotice?.(`${join(directory, manifest.shards[shard]!.file)} was damaged and has been rebuilt`);
  }
  if (await lock.isHeld()) await markVerified(images);
}

/** Checks images against this selection: they may have been stored for another one that accepts more. */
function checkUsable({ manifest }: StoredImages, selection: DatasetSelection, label: string): void {
  const { dataset, incomplete, skipped, images } = manifest;
  if (incomplete.length > 0 && !selection.allowIncomplete) throw incompleteDataset(dataset, incomplete);
  if (skipped.length <= selection.unreadableShare * (images + skipped.length)) return;
  throw new ArtifactError(
    `${label} cannot be prepared: ${skipped.length} of its ${images + skipped.length} images are unreadable, more than the share ${selection.unreadableShare} that unreadableShare allows`,
    skipped.map(({ id, reason }) => `${id}: ${reason}`),
  );
}

const incompleteDataset = (dataset: string, incomplete: readonly string[]) =>
  new ArtifactError(
    `${dataset} is incomplete; to use it anyway, set allowIncomplete in its selection (or pass --allow-incomplete to a command)`,
    incomplete,
  );

function viewName(selection: DatasetSelection, label: string, seed: number, images: string): string {
  // The protocol defines how to train on the images, not which images they are.
  const selected = { ...selection, protocol: undefined };
  return `${label.replaceAll('/', '-')}-${contentHash({ format: 2, selected, seed, images }).slice(0, 16)}`;
}
