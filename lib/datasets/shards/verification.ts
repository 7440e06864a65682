import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../core/files/atomic-write.ts';
import type { ImagesManifest, ImageTables } from './images-manifest.ts';
import type { StoredImages } from './stored-images.ts';

/**
 * For each file found intact: its size, and the times in milliseconds at which its content and its inode last changed. The time of the
 * inode cannot be set, so a copy has a new one and is checked again. There is no host name, as a container's changes with each start.
 */
const markerSchema = z.record(z.string(), z.tuple([z.number(), z.number(), z.number()]));

type Marker = z.infer<typeof markerSchema>;

/**
 * Checks the files of a folder of images. Files that were found intact before, and have not changed since, are not read again.
 * @returns the shards that are missing or differ from what was stored, by their positions in the manifest
 * @throws DatasetError if a table that is needed to check the shards is damaged
 */
export async function damagedShards(images: StoredImages, signal?: AbortSignal): Promise<number[]> {
  const { directory, manifest } = images;
  const known = await readMarker(directory);
  const now = await statesOf(directory, manifest);
  const isKnown = (file: string) => known[file]?.every((value, index) => value === now[file]?.[index]) === true;
  const unknownTables = Object.entries(manifest.tables).filter(([, table]) => table && !isKnown(table.file));
  for (const [name] of unknownTables) await images.table(name as keyof ImageTables);
  const damaged: number[] = [];
  const unknown = manifest.shards.filter(({ file, bytes }) => now[file]?.[0] === bytes && !isKnown(file));
  const hashes = unknown.length > 0 ? await images.hashes() : undefined;
  let first = 0;
  for (const [shard, entry] of manifest.shards.entries()) {
    signal?.throwIfAborted();
    const positions = Uint32Array.from({ length: entry.images }, (_, offset) => first + offset);
    first += entry.images;
    const isWhole = unknown.includes(entry)
      ? images.damagedIn(positions, await images.read(positions), hashes!) === undefined
      : now[entry.file]?.[0] === entry.bytes;
    if (isWhole) continue;
    damaged.push(shard);
    delete now[entry.file];
  }
  if (unknownTables.length + unknown.length + damaged.length > 0) await writeMarker(directory, now);
  return damaged;
}

/** Records that all files are intact, because this process has just written them. */
export async function markVerified({
  directory,
  manifest,
}: Pick<StoredImages, 'directory' | 'manifest'>): Promise<void> {
  await writeMarker(directory, await statesOf(directory, manifest));
}

/** Forgets earlier checks, so that all files are checked again. */
export async function unmarkVerified(directory: string): Promise<void> {
  await rm(markerOf(directory), { force: true });
}

const markerOf = (directory: string) => join(directory, 'verified.json');

const writeMarker = (directory: string, marker: Marker) =>
  writeFileAtomically(markerOf(directory), `${JSON.stringify(marker)}\n`);

/** An unreadable marker counts as nothing verified. */
async function readMarker(directory: string): Promise<Marker> {
  try {
    return markerSchema.parse(JSON.parse(await readFile(markerOf(directory), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    if (error instanceof SyntaxError || error instanceof z.ZodError) return {};
    throw error;
  }
}

async function statesOf(directory: string, { shards, tables }: ImagesManifest): Promise<Marker> {
  const states: Marker = {};
  const files = [...shards, ...Object.values(tables).filter((table) => table !== undefined)];
  const stats = files.map(async ({ file }) => {
    const { size, mtimeMs, ctimeMs } = await stat(join(directory, file));
    states[file] = [size, mtimeMs, ctimeMs];
  });
  for (const result of await Promise.allSettled(stats))
    if (result.status === 'rejected' && (result.reason as NodeJS.ErrnoException).code !== 'ENOENT') throw result.reason;
  return states;
}
