import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';

/** A finished archive. */
export interface TarShard {
  file: string;
  images: number;
}

interface OpenShard extends TarShard {
  archive: Pack;
  bytes: number;
  /** Settles when the archive is on disk. */
  written: Promise<void>;
}

const blockBytes = 512;

/** Writes images to tar archives `<prefix>-000000.tar`, ..., in the format of WebDataset. Equal images give equal bytes. */
export class TarShards {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #mostBytes: number;
  readonly #finished: TarShard[] = [];
  #open: OpenShard | undefined;

  /** @param mostBytes largest size of an archive; one with a single image may be larger */
  constructor(folder: string, prefix: string, mostBytes: number) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#mostBytes = mostBytes;
  }

  /** Adds an image as a sample with a file for each ending, e.g. `000001.png` and `000001.cls`. */
  async add(name: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
    const entries = Object.entries(files);
    // Each file takes a header and its content in whole blocks.
    const bytes = entries.reduce((sum, [, { length }]) => sum + (1 + Math.ceil(length / blockBytes)) * blockBytes, 0);
    if (this.#open !== undefined && this.#open.bytes + bytes > this.#mostBytes) await this.#close(this.#open);
    const shard = (this.#open ??= this.#begin());
    for (const [ending, content] of entries) await addFile(shard, `${name}.${ending}`, content);
    shard.bytes += bytes;
    shard.images++;
  }

  /** Finishes the last archive; returns all of them in order. */
  async finish(): Promise<readonly TarShard[]> {
    if (this.#open !== undefined) await this.#close(this.#open);
    return this.#finished;
  }

  /** Abandons the open archive. */
  async abandon(): Promise<void> {
    const shard = this.#open;
    if (shard === undefined) return;
    shard.archive.destroy();
    await shard.written.catch(() => undefined);
  }

  #begin(): OpenShard {
    const file = `${this.#prefix}-${String(this.#finished.length).padStart(6, '0')}.tar`;
    const archive = pack();
    const written = pipeline(archive, createWriteStream(join(this.#folder, file), { flush: true }));
    // Whoever adds the next file gets the error; until then it must not count as unhandled.
    written.catch(() => undefined);
    return { file, images: 0, archive, bytes: 2 * blockBytes, written };
  }

  async #close({ file, images, archive, written }: OpenShard): Promise<void> {
    archive.finalize();
    await written;
    this.#open = undefined;
    this.#finished.push({ file, images });
  }
}

/** Adds a file; resolves when the archive can take more. */
async function addFile({ archive, written }: OpenShard, name: string, content: Buffer): Promise<void> {
  const added = new Promise<void>((resolve, reject) => {
    const header = { name, size: content.length, mode: 0o644, mtime: new Date(0) };
    archive.entry(header, content, (error) => (error ? reject(error) : resolve()));
  });
  await Promise.race([added, written]);
}
