import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from '../study/canonical-json.ts';
import { ConfigError } from '../study/config.ts';
import { selectionLabel, type DatasetSelection } from '../study/dataset-selection.ts';
import { stream } from '../study/random.ts';
import { catalogueEntry } from './catalogue.ts';
import { DatasetError } from './dataset-error.ts';
import { fitToSquare } from './fit-to-square.ts';
import { manifestSchema, splitNames, type DatasetManifest, type SplitName } from './manifest.ts';
import { PixelStatistics } from './pixel-statistics.ts';
import { datasetDigest, manifestFile, openPreparedDataset } from './prepared-dataset.ts';
import { ShardWriter } from './shard-writer.ts';
import type { DatasetEntry, DatasetSource } from './source.ts';
import { drawClasses, holdOut, mixed, positionsByClass, stratifiedSample, type LabelledPosition } from './splits.ts';

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
  { seed, directory, dataRoot, onProgress, signal, entry = catalogueEntry(selection.dataset) }: PreparationOptions,
): Promise<{ directory: string; manifest: DatasetManifest }> {
  signal?.throwIfAborted();
  const location = await entry.locate(dataRoot);
  const name = folderName(selection, seed, location.version);
  const target = join(directory, name);
  const existing = await openExisting(target);
  if (existing !== undefined) return { directory: target, manifest: existing };

  const source = await location.open();
  const plan = planSplits(selection, seed, source);
  await mkdir(directory, { recursive: true });
  await removeAbandoned(directory, name);
  const partial = join(directory, `${name}${partialMark}${randomUUID()}`);
  await mkdir(partial);
  try {
    const manifest = await write(partial, plan, source, selection, entry, onProgress, signal);
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
    if (!(error instanceof DatasetError || error instanceof ConfigError)) throw error;
    await rm(target, { recursive: true, force: true });
    return undefined;
  }
}

/** Milliseconds: a partial folder that was not written to for so long belongs to nobody. */
const abandonedAfter = 6 * 3600e3;

async function removeAbandoned(directory: string, name: string): Promise<void> {
  for (const file of await readdir(directory)) {
    if (!file.startsWith(name + partialMark)) continue;
    const path = join(directory, file);
    const times = await Promise.all(
      (await readdir(path)).map(async (part) => (await stat(join(path, part))).mtimeMs),
    ).catch(() => undefined);
    const last = Math.max((await stat(path).catch(() => undefined))?.mtimeMs ?? 0, ...(times ?? []));
    if (Date.now() - last > abandonedAfter) await rm(path, { recursive: true, force: true });
  }
}

interface SplitPlan {
  classes: string[];
  splits: Record<SplitName, { from: 'train' | 'validation' | 'test'; images: LabelledPosition[] }>;
}

/** Which images of the source go where. */
function planSplits(selection: DatasetSelection, seed: number, source: DatasetSource): SplitPlan {
  const { dataset, validationFraction } = selection;
  const total = source.classes.length;
  const kept =
    selection.classes === undefined
      ? Array.from({ length: total }, (_, label) => label)
      : drawClasses(seed, dataset, total, selection.classes, selection.classDraw);
  const label = selectionLabel(selection);
  const sourceTrain = positionsByClass(source.train.labels, kept);
  const { kept: train, heldOut } =
    source.validation === undefined
      ? holdOut(sourceTrain, validationFraction, stream(seed, 'validation', label))
      : { kept: sourceTrain, heldOut: positionsByClass(source.validation.labels, kept) };
  const byClass = { train, validation: heldOut, test: positionsByClass(source.test.labels, kept) };
  const counts = {
    train: selection.trainingImages,
    validation: selection.validationImages,
    test: selection.testImages,
  };
  const part = (split: SplitName) => {
    try {
      const sample = stratifiedSample(byClass[split], counts[split], stream(seed, 'sample', label, split));
      return mixed(sample, stream(seed, 'order', label, split));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ConfigError(`${label} cannot be prepared`, [`${countFields[split]}: ${error.message}`]);
    }
  };
  return {
    classes: kept.map((original) => source.classes[original]!),
    splits: {
      train: { from: 'train', images: part('train') },
      validation: { from: source.validation === undefined ? 'train' : 'validation', images: part('validation') },
      test: { from: 'test', images: part('test') },
    },
  };
}

const countFields = { train: 'trainingImages', validation: 'validationImages', test: 'testImages' } as const;

async function write(
  directory: string,
  plan: SplitPlan,
  source: DatasetSource,
  selection: DatasetSelection,
  { channels, imageSize: catalogueSize }: DatasetEntry,
  onProgress: PreparationOptions['onProgress'],
  signal: AbortSignal | undefined,
): Promise<DatasetManifest> {
  const imageSize = selection.imageSize ?? catalogueSize;
  const statistics = new PixelStatistics(channels);
  const of = splitNames.reduce((sum, name) => sum + plan.splits[name].images.length, 0);
  let written = 0;

  const writeSplit = async (name: SplitName) => {
    const { from, images } = plan.splits[name];
    const writer = new ShardWriter(directory, name, imageSize ** 2 * channels);
    try {
      let next = 0;
      for await (const raw of source[from]!.read(images.map(({ position }) => position))) {
        signal?.throwIfAborted();
        const pixels = fitToSquare(raw, imageSize, channels);
        if (name === 'train') statistics.add(pixels);
        await writer.add(pixels, images[next++]!.label);
        if (++written % 1000 === 0 || written === of) onProgress?.({ images: written, of });
      }
      return await writer.finish();
    } finally {
      await writer.abandon();
    }
  };
  const splits = {
    train: await writeSplit('train'),
    validation: await writeSplit('validation'),
    test: await writeSplit('test'),
  };
  const data = { classes: plan.classes, imageSize, channels, splits };
  const manifest = manifestSchema.parse({
    format: 1,
    label: selectionLabel(selection),
    digest: datasetDigest(data),
    ...data,
    normalization: statistics.normalization(),
    pca: statistics.pca(),
  });
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`, { flush: true });
  return manifest;
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
