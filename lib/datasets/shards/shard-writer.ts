import { createHash } from 'node:crypto';
import { open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { partialMark, writeFileAtomically } from '../../core/files/atomic-write.ts';
import type { FittedImage } from '../images/fit-image.ts';
import { count, type CheckedFile } from '../manifest.ts';
import type { ImagesManifest } from './images-manifest.ts';
import { TableRows } from './table-rows.ts';
import { toBytes } from './tables.ts';

type Shard = ImagesManifest['shards'][number];

/** An image of the source that could not be read. */
export interface SkippedImage {
  /** Position in the source. */
  index: number;
  reason: string;
}

const shardBytes = 64 * 2 ** 20;

/** Bytes collected before they are written, so that small images do not need one write each. */
const bufferBytes = 2 ** 20;

export const journalFile = 'journal.ndjson';

const journalEntrySchema = z.strictObject({
  file: z.string(),
  images: count,
  bytes: count,
  /** Index in the source of the first image after this shard. */
  next: count,
  /** Images skipped since the previous shard. */
  skipped: z.array(z.strictObject({ index: count, reason: z.string() })),
});

type JournalEntry = z.infer<typeof journalEntrySchema>;

/** Tables that are written along with the shards, and the bytes per image in each. */
interface WrittenTables {
  hashes: number;
  sums: number;
  /** Absent if all images have the same size. */
  sizes?: number;
}

interface OpenShard {
  file: string;
  handle: FileHandle;
  images: number;
  bytes: number;
  next: number;
  buffered: Uint8Array[];
  bufferedBytes: number;
}

/**
 * Writes images in the order of their source to shards of at most 64 MiB (but at least one image), and to tables beside them.
 * Complete shards are recorded in a journal: a later writer of the same folder resumes after the last one, and ends with the same bytes.
 */
export class ShardWriter {
  readonly #directory: string;
  readonly #tables: WrittenTables;
  /** Table rows of the open shard. */
  readonly #rows: { [table in keyof WrittenTables]: TableRows };
  readonly #shardBytes: number;
  readonly #shards: Shard[];
  readonly #skipped: SkippedImage[];
  /** Images skipped since the last complete shard. */
  #pending: SkippedImage[] = [];
  #next: number;
  #open: OpenShard | undefined;

  private constructor(directory: string, tables: WrittenTables, bytes: number, journal: readonly JournalEntry[]) {
    this.#directory = directory;
    this.#tables = tables;
    this.#rows = {
      hashes: new TableRows(tables.hashes),
      sums: new TableRows(tables.sums),
      ...(tables.sizes !== undefined && { sizes: new TableRows(tables.sizes) }),
    };
    this.#shardBytes = bytes;
    this.#shards = journal.map(({ file, images, bytes }) => ({ file, images, bytes }));
    this.#skipped = journal.flatMap(({ skipped }) => skipped);
    this.#next = journal.at(-1)?.next ?? 0;
  }

  /**
   * Begins in an empty folder, or resumes in a folder left by a writer of the same images.
   * @param sums number of sums stored per image
   * @param uniform whether all images have the same size
   */
  static async open(
    directory: string,
    { sums, uniform, bytes = shardBytes }: { sums: number; uniform: boolean; bytes?: number },
  ): Promise<ShardWriter> {
    const tables: WrittenTables = { hashes: 32, sums: 8 * sums, ...(uniform ? {} : { sizes: 4 }) };
    const journal = await readJournal(directory);
    const writer = new ShardWriter(directory, tables, bytes, journal);
    await writer.#removeUnfinished();
    return writer;
  }

  /** Index in the source of the next image to add. */
  get next(): number {
    return this.#next;
  }

  get images(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.images, this.#open?.images ?? 0);
  }

  /** Images skipped so far, in the order of the source. */
  get skipped(): SkippedImage[] {
    return [...this.#skipped, ...this.#pending];
  }

  /**
   * Adds an image by its index in the source; its pixels must not change afterwards. Returns undefined if nothing had to be written yet.
   */
  add(index: number, image: FittedImage): Promise<void> | undefined {
    const shard = this.#open;
    if (shard !== undefined && shard.bytes + image.pixels.length <= this.#shardBytes)
      return this.#append(shard, index, image);
    return this.#endShard()
      .then(() => this.#startShard())
      .then((next) => this.#append((this.#open = next), index, image));
  }

  #append(
    shard: OpenShard,
    index: number,
    { pixels, height, width, hash, sums }: FittedImage,
  ): Promise<void> | undefined {
    shard.images++;
    shard.bytes += pixels.length;
    shard.next = index + 1;
    shard.buffered.push(pixels);
    shard.bufferedBytes += pixels.length;
    this.#rows.hashes.add(hash);
    this.#rows.sums.add(toBytes(sums));
    this.#rows.sizes?.add(toBytes(Uint16Array.of(height, width)));
    this.#next = index + 1;
    return shard.bufferedBytes >= bufferBytes ? writeBuffered(shard) : undefined;
  }

  /** Skips an image, by its index in the source. */
  skip(index: number, reason: string): void {
    this.#pending.push({ index, reason });
    this.#next = index + 1;
  }

  /** Completes the last shard and flushes it to disk. The journal stays, for a writer after a crash. */
  async finish(): Promise<{ shards: Shard[]; tables: Partial<Record<keyof WrittenTables, CheckedFile>> }> {
    await this.#endShard();
    const tables: Partial<Record<keyof WrittenTables, CheckedFile>> = {};
    for (const table of this.#tableNames()) {
      const file = tableFile(table);
      // If there was no image, there is no file yet.
      await appendDurably(join(this.#directory, file), Buffer.alloc(0));
      tables[table] = { file, ...(await checksum(join(this.#directory, file))) };
    }
    return { shards: this.#shards, tables };
  }

  /** Closes an open file without completing its shard; does nothing after `finish`. */
  async abandon(): Promise<void> {
    await this.#open?.handle.close();
    this.#open = undefined;
  }

  #tableNames(): (keyof WrittenTables)[] {
    return Object.keys(this.#tables) as (keyof WrittenTables)[];
  }

  async #startShard(): Promise<OpenShard> {
    const file = `shard-${String(this.#shards.length).padStart(5, '0')}.bin`;
    const handle = await open(join(this.#directory, file), 'w');
    return { file, handle, images: 0, bytes: 0, next: 0, buffered: [], bufferedBytes: 0 };
  }

  async #endShard(): Promise<void> {
    if (this.#open === undefined) return;
    const { file, handle, images, bytes, next } = this.#open;
    await writeBuffered(this.#open);
    await handle.sync();
    await handle.close();
    this.#open = undefined;
    for (const table of this.#tableNames())
      await appendDurably(join(this.#directory, tableFile(table)), this.#rows[table]!.take());
    const skipped = this.#pending.filter(({ index }) => index < next);
    const entry: JournalEntry = { file, images, bytes, next, skipped };
    await appendDurably(join(this.#directory, journalFile), Buffer.from(`${JSON.stringify(entry)}\n`));
    this.#shards.push({ file, images, bytes });
    this.#skipped.push(...skipped);
    this.#pending = this.#pending.filter(({ index }) => index >= next);
  }

  /**
   * Removes everything written after the last complete shard. Files to be continued are replaced by new ones: a process that has lost its
   * lock may still have the old ones open.
   */
  async #removeUnfinished(): Promise<void> {
    const whole = new Set(this.#shards.map(({ file }) => file));
    for (const file of await readdir(this.#directory))
      if ((file.startsWith('shard-') && !whole.has(file)) || file.endsWith(partialMark))
        await rm(join(this.#directory, file));
    for (const table of this.#tableNames()) {
      const path = join(this.#directory, tableFile(table));
      if (this.#shards.length === 0) await rm(path, { force: true });
      else await writeFileAtomically(path, (await readFile(path)).subarray(0, this.images * this.#tables[table]!));
    }
  }
}

const tableFile = (table: keyof WrittenTables) => `${table}.bin`;

/** Reads the entries of a journal up to a truncated or damaged one; everything after it is written again. */
async function readJournal(directory: string): Promise<JournalEntry[]> {
  const path = join(directory, journalFile);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').slice(0, -1);
  const entries = lines.map(journalEntry);
  const damaged = entries.indexOf(undefined);
  const whole = damaged === -1 ? entries.length : damaged;
  if (text !== '') await writeFileAtomically(path, [...lines.slice(0, whole), ''].join('\n'));
  return entries.slice(0, whole) as JournalEntry[];
}

function journalEntry(line: string): JournalEntry | undefined {
  try {
    return journalEntrySchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

async function writeBuffered(shard: OpenShard): Promise<void> {
  const { buffered } = shard;
  shard.buffered = [];
  shard.bufferedBytes = 0;
  for (const part of buffered.length > 16 ? [Buffer.concat(buffered)] : buffered) await shard.handle.writeFile(part);
}

async function appendDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'a');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Returns size and SHA-256 of a file. */
async function checksum(path: string): Promise<{ bytes: number; sha256: string }> {
  const content = await readFile(path);
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
