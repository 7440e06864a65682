import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import { DatasetError } from './dataset-error.ts';
import {
  manifestSchema,
  type BySplit,
  type DatasetManifest,
  type ImageSizes,
  type PreparedDataset,
  type SplitName,
} from './manifest.ts';
import { manifestFile } from './shards/images-manifest.ts';
import { readPositions } from './shards/positions.ts';
import { StoredImages } from './shards/stored-images.ts';
import { positionFiles, viewLabels } from './views/write-view.ts';

/**
 * Opens a prepared dataset: a view, and the images it refers to. The files of the view are checked in full, all others by their
 * sizes; `pixels` checks what it reads, and `gather` relies on the check at preparation.
 * @param directory as returned by `prepareDataset`
 * @throws DatasetError naming the file that is missing or damaged
 */
export async function openPreparedDataset(directory: string): Promise<PreparedDataset> {
  const manifest = await readManifest(directory);
  const images = await StoredImages.open(join(directory, manifest.parent.directory));
  if (images.manifest.digest !== manifest.parent.digest)
    throw new DatasetError(
      `${images.directory} must have images with digest ${manifest.parent.digest}, got ${images.manifest.digest}`,
    );
  return new DatasetView(manifest, images, await readPositions(directory, positionFiles(manifest)));
}

/** The manifest of a prepared dataset; throws like `openPreparedDataset`. */
export async function readManifest(directory: string): Promise<DatasetManifest> {
  const path = join(directory, manifestFile);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new DatasetError(`${path} must exist: prepare the dataset again`);
    throw error;
  });
  return parseJsonWith(manifestSchema, text, path, ArtifactError);
}

class DatasetView implements PreparedDataset {
  readonly manifest: DatasetManifest;
  readonly #images: StoredImages;
  readonly #positions: BySplit<Uint32Array>;
  readonly #sizes: BySplit<ImageSizes>;

  constructor(manifest: DatasetManifest, images: StoredImages, positions: BySplit<Uint32Array>) {
    this.manifest = manifest;
    this.#images = images;
    this.#positions = positions;
    this.#sizes = {
      train: images.sizesOf(positions.train),
      validation: images.sizesOf(positions.validation),
      test: images.sizesOf(positions.test),
    };
  }

  async labels(split: SplitName): Promise<Uint16Array> {
    return viewLabels(await this.#images.labels(), this.#positions[split], this.manifest.parent.labels);
  }

  sizes(split: SplitName): ImageSizes {
    return this.#sizes[split];
  }

  async ids(split: SplitName): Promise<string[]> {
    const ids = await this.#images.ids();
    return Array.from(this.#positions[split], (position) => ids[position]!);
  }

  pixels(split: SplitName): Promise<Uint8Array> {
    return this.#images.readChecked(this.#positions[split]);
  }

  gather(split: SplitName, indices: ArrayLike<number>): Promise<Uint8Array> {
    const positions = this.#positions[split];
    const wanted = Uint32Array.from(indices, (index, row) => {
      const position = positions[index];
      if (position === undefined)
        throw new RangeError(`indices[${row}] must be an integer in [0, ${positions.length}), got ${index}`);
      return position;
    });
    return this.#images.read(wanted);
  }
}
