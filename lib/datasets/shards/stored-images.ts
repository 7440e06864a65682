import { createHash, hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { DatasetError } from '../dataset-error.ts';
import type { ImageSizes } from '../manifest.ts';
import {
  imagesDigest,
  imagesManifestSchema,
  manifestFile,
  type ImagesManifest,
  type ImageTables,
} from './images-manifest.ts';
import { ShardReader } from './shard-reader.ts';
import { fromBytes } from './tables.ts';

const hashBytes = 32;

/** A folder of prepared images, opened for reading. Images are identified by their positions in it. */
export class StoredImages {
  readonly directory: string;
  readonly manifest: ImagesManifest;
  /** Alternating heights and widths; undefined if all images are squares of the same size. */
  readonly #sizes: Uint16Array | undefined;
  readonly #reader: ShardReader;
  #labels: Promise<Uint16Array> | undefined;
  #hashes: Promise<Buffer> | undefined;

  private constructor(directory: string, manifest: ImagesManifest, sizes: Uint16Array | undefined) {
    this.directory = directory;
    this.manifest = manifest;
    this.#sizes = sizes;
    this.#reader = new ShardReader(directory, manifest.shards, imageStarts(manifest, sizes));
  }

  /**
   * Opens a folder. The sizes of all files are checked, but not the contents of shards: see `damagedShards`.
   * @param tolerant whether to leave the shards unchecked
   * @throws DatasetError naming a file that is missing or has the wrong size
   */
  static async open(directory: string, { tolerant = false } = {}): Promise<StoredImages> {
    const path = join(directory, manifestFile);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new DatasetError(`${path} must exist: prepare the dataset again`);
      throw error;
    });
    const manifest = parseJsonWith(imagesManifestSchema, text, path, ArtifactError);
    const digest = imagesDigest(manifest);
    if (digest !== manifest.digest) throw new DatasetError(`${path}: digest must be ${digest}, got ${manifest.digest}`);
    await checkSizes(directory, manifest, tolerant ? [] : manifest.shards);
    const { sizes } = manifest.tables;
    return new StoredImages(directory, manifest, sizes && fromBytes(await readChecked(directory, sizes), Uint16Array));
  }

  /** Reads and checks a table file; undefined if the dataset has no table of that name. */
  async table(name: keyof ImageTables): Promise<Buffer | undefined> {
    const entry = this.manifest.tables[name];
    return entry && readChecked(this.directory, entry);
  }

  labels(): Promise<Uint16Array> {
    return (this.#labels ??= this.table('labels').then((bytes) => fromBytes(bytes!, Uint16Array)));
  }

  /** Reads the SHA-256 of the pixels of all images, 32 bytes each. */
  hashes(): Promise<Buffer> {
    return (this.#hashes ??= this.table('hashes').then((bytes) => bytes!));
  }

  async ids(): Promise<string[]> {
    return (await this.table('ids'))!.toString('utf8').split('\n').slice(0, -1);
  }

  sizesOf(positions: Uint32Array): ImageSizes {
    const { imageSize } = this.manifest;
    const sizes = this.#sizes;
    const side = (offset: number) =>
      sizes === undefined
        ? new Uint16Array(positions.length).fill(imageSize)
        : Uint16Array.from(positions, (position) => sizes[2 * position + offset]!);
    return { heights: side(0), widths: side(1) };
  }

  /** Reads the pixels of images, one after another; like `ShardReader.read`. */
  read(positions: Uint32Array): Promise<Uint8Array> {
    return this.#reader.read(positions);
  }

  /** The same, but checks each image against its stored hash; throws a DatasetError if one differs. */
  async readChecked(positions: Uint32Array): Promise<Uint8Array> {
    const [pixels, hashes] = await Promise.all([this.read(positions), this.hashes()]);
    const damaged = this.damagedIn(positions, pixels, hashes);
    if (damaged === undefined) return pixels;
    throw new DatasetError(`${this.#reader.fileOf(damaged)} is damaged: prepare the dataset again`);
  }

  /** Returns the first position whose pixels differ from those that were stored; undefined if none does. */
  damagedIn(positions: Uint32Array, pixels: Uint8Array, hashes: Buffer): number | undefined {
    let offset = 0;
    return positions.find((position) => {
      const image = pixels.subarray(offset, (offset += this.#reader.bytesOf(position)));
      const expected = hashes.subarray(position * hashBytes, (position + 1) * hashBytes);
      return !hash('sha256', image, 'buffer').equals(expected);
    });
  }
}

/** Returns the byte at which an image begins if all shards are concatenated. */
function imageStarts({ images, channels, imageSize }: ImagesManifest, sizes: Uint16Array | undefined) {
  if (sizes === undefined) return (position: number) => position * imageSize ** 2 * channels;
  const starts = new Float64Array(images + 1);
  for (let image = 0; image < images; image++)
    starts[image + 1] = starts[image]! + sizes[2 * image]! * sizes[2 * image + 1]! * channels;
  return (position: number) => starts[position]!;
}

async function readChecked(directory: string, { file, sha256 }: { file: string; sha256: string }): Promise<Buffer> {
  const path = join(directory, file);
  const bytes = await readFile(path);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) throw new DatasetError(`${path} must have SHA-256 ${sha256}, got ${actual}`);
  return bytes;
}

async function checkSizes(
  directory: string,
  { images, tables, ...manifest }: ImagesManifest,
  shards: ImagesManifest['shards'],
): Promise<void> {
  const stored = manifest.shards.reduce((sum, shard) => sum + shard.images, 0);
  if (stored !== images)
    throw new DatasetError(`${join(directory, manifestFile)}: shards must hold ${images} images, got ${stored}`);
  const named = Object.values(tables).filter((table) => table !== undefined);
  for (const { file, bytes } of [...named, ...shards]) {
    const path = join(directory, file);
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
}
