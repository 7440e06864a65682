import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { ConfigError } from '../../core/errors.ts';
import { partialMark, writeFileAtomically } from '../../core/files/atomic-write.ts';
import { makeFolder } from '../../core/files/make-folder.ts';
import type { PreparedDataset, SplitName } from '../manifest.ts';
import { classFolderNames } from './class-folder-names.ts';
import { encodedImages, imageName, type EncodedImage } from './encoded-images.ts';
import { TarShards, type TarShard } from './tar-shards.ts';

export const exportForms = ['webdataset', 'folder'] as const;
export type ExportForm = (typeof exportForms)[number];

export interface DatasetExportOptions {
  form: ExportForm;
  splits: readonly SplitName[];
  /** Largest size of a tar archive, in bytes. */
  shardBytes: number;
  /** Called after each image with the number of images written so far. */
  onImage?: (images: number, of: number) => unknown;
  signal?: AbortSignal;
}

/** The exported files of a split. */
export interface ExportedSplit {
  images: number;
  /** Archives of the form `webdataset`. */
  shards?: readonly TarShard[];
}

/**
 * Writes a prepared dataset as files that other programs read: PNG files with exactly the prepared pixels, named by their index in the
 * split.
 *
 * - `webdataset`: `SPLIT-000000.tar`, ..., with `000000.png` and `000000.cls` (the label) of each image;
 * - `folder`: `SPLIT/CLASS/000000.png`, for ImageFolder of torchvision: classes sort by label, and classes without images have a folder,
 *   too.
 *
 * `dataset.json` beside them has the names of classes, statistics and provenance.
 * @param folder appears when everything is written; an interrupted call leaves nothing under this name
 * @throws ConfigError if the folder exists already
 */
export async function exportDataset(
  dataset: PreparedDataset,
  folder: string,
  { form, splits, shardBytes, onImage, signal }: DatasetExportOptions,
): Promise<Partial<Record<SplitName, ExportedSplit>>> {
  await checkNewFolder(folder);
  const { manifest } = dataset;
  const of = splits.reduce((sum, split) => sum + manifest.splits[split].images, 0);
  const partial = `${folder}.${randomUUID()}${partialMark}`;
  let written = 0;
  async function* images(split: SplitName) {
    for await (const image of encodedImages(dataset, split, signal)) {
      yield image;
      onImage?.(++written, of);
    }
  }
  await makeFolder(dirname(folder));
  try {
    await mkdir(partial);
    const exported: Partial<Record<SplitName, ExportedSplit>> = {};
    for (const split of splits) {
      const count = manifest.splits[split].images;
      exported[split] =
        form === 'webdataset'
          ? await writeShards(images(split), { folder: partial, split, count, shardBytes })
          : await writeClassFolders(images(split), { folder: join(partial, split), classes: manifest.classes, count });
    }
    await writeFileAtomically(
      join(partial, 'dataset.json'),
      `${JSON.stringify(describe(dataset, form, exported), undefined, 2)}\n`,
    );
    await renameNew(partial, folder);
    return exported;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const exists = (folder: string) => new ConfigError('The dataset cannot be exported', [`${folder} must not exist yet`]);

/** Throws a ConfigError if something with this name exists. */
export async function checkNewFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stats !== undefined) throw exists(folder);
}

/** Renames a folder to a name that must be free; another process may have taken it in the meantime. */
async function renameNew(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') throw exists(to);
    throw error;
  }
}

async function writeShards(
  images: AsyncIterable<EncodedImage>,
  { folder, split, count, shardBytes }: { folder: string; split: SplitName; count: number; shardBytes: number },
): Promise<ExportedSplit> {
  const shards = new TarShards(folder, split, shardBytes);
  try {
    for await (const { index, label, png } of images)
      await shards.add(imageName(index, count), { cls: Buffer.from(String(label)), png });
    return { images: count, shards: await shards.finish() };
  } finally {
    await shards.abandon();
  }
}

async function writeClassFolders(
  images: AsyncIterable<EncodedImage>,
  { folder, classes, count }: { folder: string; classes: readonly string[]; count: number },
): Promise<ExportedSplit> {
  const folders = classFolderNames(classes).map((name) => join(folder, name));
  for (const own of folders) await makeFolder(own);
  for await (const { index, label, png } of images)
    await writeFile(join(folders[label]!, `${imageName(index, count)}.png`), png);
  return { images: count };
}

/** Returns the content of `dataset.json`: what a reader must know about the files beside it. */
function describe({ manifest }: PreparedDataset, form: ExportForm, splits: object): object {
  const { label, digest, dataset, source, classes, channels, imageSize, fit, seed, normalization, pca } = manifest;
  return {
    format: 1,
    ...{ form, label, digest, dataset, source, seed, channels, imageSize, fit, classes },
    ...(form === 'folder' && { folders: classFolderNames(classes) }),
    ...{ splits, normalization, pca },
  };
}
