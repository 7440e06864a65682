import { createHash } from 'node:crypto';
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { ArtifactError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';
import { contentHash } from '../core/canonical-json.ts';
import { DatasetError } from './dataset-error.ts';
import { manifestSchema, splitNames, type DatasetManifest, type PreparedDataset, type SplitName } from './manifest.ts';

export const manifestFile = 'manifest.json';

/** The digest of a manifest: over what its data is, not how it is called. */
export function datasetDigest(
  manifest: Pick<DatasetManifest, 'classes' | 'imageSize' | 'channels' | 'splits'>,
): string {
  const { classes, imageSize, channels, splits } = manifest;
  return contentHash({ classes, imageSize, channels, splits });
}

/**
 * Opens a prepared dataset. The sizes of all files are checked at once; `labels` and `pixels` check the checksums of what they
 * read; `gather`, which reads parts of files, relies on the check at preparation or on `verify`.
 * @param verify check all checksums now, which reads everything once
 * @throws DatasetError naming the file that is missing or damaged
 */
export async function openPreparedDataset(
  directory: string,
  { verify = false }: { verify?: boolean } = {},
): Promise<PreparedDataset> {
  const manifest = await readManifest(directory);
  const dataset = new DatasetFolder(directory, manifest);
  await dataset.checkSizes();
  if (verify) await dataset.checkContents();
  return dataset;
}

async function readManifest(directory: string): Promise<DatasetManifest> {
  const path = join(directory, manifestFile);
  let input: unknown;
  try {
    input = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new DatasetError(`${path} must be the manifest of a prepared dataset: ${(error as Error).message}`);
  }
  const manifest = parseWith(manifestSchema, input, `${path} is invalid`, ArtifactError);
  if (datasetDigest(manifest) !== manifest.digest)
    throw new DatasetError(`${path}: digest must be ${datasetDigest(manifest)}, got ${manifest.digest}`);
  return manifest;
}

class DatasetFolder implements PreparedDataset {
  readonly manifest: DatasetManifest;
  readonly #directory: string;
  readonly #imageBytes: number;
  /** By file name; opened when first read by `gather`. */
  readonly #handles = new Map<string, Promise<FileHandle>>();

  constructor(directory: string, manifest: DatasetManifest) {
    this.#directory = directory;
    this.manifest = manifest;
    this.#imageBytes = manifest.imageSize ** 2 * manifest.channels;
  }

  async checkSizes(): Promise<void> {
    for (const name of splitNames) {
      const { images, shards, labels } = this.manifest.splits[name];
      const sharded = shards.reduce((sum, shard) => sum + shard.images, 0);
      if (sharded !== images)
        throw new DatasetError(
          `${join(this.#directory, manifestFile)}: splits.${name}.shards must hold ${images} images, got ${sharded}`,
        );
      await this.#checkSize(labels.file, images * 2);
      for (const shard of shards) await this.#checkSize(shard.file, shard.images * this.#imageBytes);
    }
  }

  async checkContents(): Promise<void> {
    for (const name of splitNames) {
      const { shards, labels } = this.manifest.splits[name];
      for (const { file, sha256 } of [labels, ...shards]) await this.#readChecked(file, sha256);
    }
  }

  async labels(split: SplitName): Promise<Uint16Array> {
    const { file, sha256 } = this.manifest.splits[split].labels;
    const bytes = await this.#readChecked(file, sha256);
    const labels = new Uint16Array(bytes.length / 2);
    const target = Buffer.from(labels.buffer);
    target.set(bytes);
    if (endianness() === 'BE') target.swap16();
    return labels;
  }

  async pixels(split: SplitName): Promise<Uint8Array> {
    const { images, shards } = this.manifest.splits[split];
    const pixels = new Uint8Array(images * this.#imageBytes);
    let offset = 0;
    for (const { file, sha256 } of shards) {
      const bytes = await this.#readChecked(file, sha256);
      pixels.set(bytes, offset);
      offset += bytes.length;
    }
    return pixels;
  }

  async gather(split: SplitName, indices: ArrayLike<number>): Promise<Uint8Array> {
    const { images, shards } = this.manifest.splits[split];
    const imageBytes = this.#imageBytes;
    const pixels = new Uint8Array(indices.length * imageBytes);
    // All shards but the last hold the same number of images.
    const imagesPerShard = shards[0]?.images ?? 1;
    await Promise.all(
      Array.from(indices, async (index, row) => {
        if (!Number.isInteger(index) || index < 0 || index >= images)
          throw new RangeError(`indices[${row}] must be an integer in [0, ${images}), got ${index}`);
        const { file } = shards[Math.floor(index / imagesPerShard)]!;
        const handle = await this.#handle(file);
        const position = (index % imagesPerShard) * imageBytes;
        const { bytesRead } = await handle.read(pixels, row * imageBytes, imageBytes, position);
        if (bytesRead !== imageBytes)
          throw new DatasetError(`${join(this.#directory, file)}, byte ${position}: the file ends within an image`);
      }),
    );
    return pixels;
  }

  async close(): Promise<void> {
    const handles = await Promise.all(this.#handles.values());
    this.#handles.clear();
    await Promise.all(handles.map((handle) => handle.close()));
  }

  #handle(file: string): Promise<FileHandle> {
    let handle = this.#handles.get(file);
    if (handle === undefined) {
      handle = open(join(this.#directory, file));
      this.#handles.set(file, handle);
    }
    return handle;
  }

  async #checkSize(file: string, bytes: number): Promise<void> {
    const path = join(this.#directory, file);
    const size = await stat(path).then(
      (stats) => stats.size,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      },
    );
    if (size === undefined) throw new DatasetError(`${path} must exist: prepare the dataset again`);
    if (size !== bytes)
      throw new DatasetError(`${path} must have ${bytes} bytes, got ${size}: prepare the dataset again`);
  }

  async #readChecked(file: string, sha256: string): Promise<Buffer> {
    const path = join(this.#directory, file);
    const bytes = await readFile(path);
    const actual = createHash('sha256').update(bytes).digest('hex');
    if (actual !== sha256)
      throw new DatasetError(`${path} must have SHA-256 ${sha256}, got ${actual}: prepare the dataset again`);
    return bytes;
  }
}
