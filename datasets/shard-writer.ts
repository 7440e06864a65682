import { createHash, type Hash } from 'node:crypto';
import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetManifest, SplitName } from './manifest.ts';

type Split = DatasetManifest['splits'][SplitName];

const defaultShardBytes = 64 * 2 ** 20;

/** Bytes gathered before they are written: small images would else cost a write each. */
const bufferBytes = 2 ** 20;

interface OpenShard {
  file: string;
  handle: FileHandle;
  hash: Hash;
  images: number;
  buffered: Uint8Array[];
}

/**
 * Writes the images of one split, in order, to shards and a file of labels. Every image has `imageBytes`; a shard has at most
 * `shardBytes`, but one image at least.
 */
export class ShardWriter {
  readonly #directory: string;
  readonly #split: SplitName;
  readonly #imagesPerShard: number;
  readonly #shards: Split['shards'] = [];
  readonly #labels: number[] = [];
  readonly #imagesPerWrite: number;
  #open: OpenShard | undefined;

  constructor(directory: string, split: SplitName, imageBytes: number, shardBytes = defaultShardBytes) {
    this.#directory = directory;
    this.#split = split;
    this.#imagesPerShard = Math.max(1, Math.floor(shardBytes / imageBytes));
    this.#imagesPerWrite = Math.ceil(bufferBytes / imageBytes);
  }

  /** Adds an image; its pixels must not change afterwards. */
  async add(pixels: Uint8Array, label: number): Promise<void> {
    const shard = (this.#open ??= await this.#startShard());
    shard.buffered.push(pixels);
    shard.images++;
    this.#labels.push(label);
    if (shard.buffered.length === this.#imagesPerWrite) await writeBuffered(shard);
    if (shard.images === this.#imagesPerShard) await this.#endShard();
  }

  /** Ends the split, on disk for good, and returns its part of the manifest. */
  async finish(): Promise<Split> {
    await this.#endShard();
    const bytes = new Uint8Array(this.#labels.length * 2);
    const view = new DataView(bytes.buffer);
    this.#labels.forEach((label, index) => view.setUint16(index * 2, label, true));
    const file = `${this.#split}-labels.bin`;
    await writeFile(join(this.#directory, file), bytes, { flush: true });
    const labels = { file, sha256: createHash('sha256').update(bytes).digest('hex') };
    return { images: this.#labels.length, shards: this.#shards, labels };
  }

  /** Lets go of an open file without ending the split; nothing to do after `finish`. */
  async abandon(): Promise<void> {
    await this.#open?.handle.close();
    this.#open = undefined;
  }

  async #startShard(): Promise<OpenShard> {
    const file = `${this.#split}-${String(this.#shards.length).padStart(5, '0')}.bin`;
    const handle = await open(join(this.#directory, file), 'wx');
    return { file, handle, hash: createHash('sha256'), images: 0, buffered: [] };
  }

  async #endShard(): Promise<void> {
    if (this.#open === undefined) return;
    const { file, handle, hash, images } = this.#open;
    await writeBuffered(this.#open);
    await handle.sync();
    await handle.close();
    this.#open = undefined;
    this.#shards.push({ file, images, sha256: hash.digest('hex') });
  }
}

async function writeBuffered(shard: OpenShard): Promise<void> {
  const bytes = Buffer.concat(shard.buffered);
  shard.buffered = [];
  shard.hash.update(bytes);
  await shard.handle.writeFile(bytes);
}
