import { writeFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { ArtifactError } from '../../core/errors.ts';
import { writeFileAtomically } from '../../core/files/atomic-write.ts';
import { fittedImages } from '../images/fitted-images.ts';
import { sumsOf } from '../images/pixel-kernel.ts';
import type { CheckedFile } from '../manifest.ts';
import type { DatasetSource } from '../source.ts';
import { imagesDigest, imagesManifestSchema, manifestFile, type ImagesManifest } from './images-manifest.ts';
import { journalFile, ShardWriter } from './shard-writer.ts';
import { takePartialFolder } from './partial-folder.ts';
import { toBytes } from './tables.ts';

export type ImagesFacts = Pick<ImagesManifest, 'dataset' | 'source' | 'incomplete' | 'imageSize' | 'fit' | 'channels'>;

export interface StoringOptions {
  /** Share of the images that may be unreadable. */
  unreadableShare: number;
  onImages?: (stored: number, of: number) => void;
  signal?: AbortSignal | undefined;
  /** Maximum bytes of a shard; 64 MiB by default. */
  shardBytes?: number;
  /** Threads that decode; by default one per core. */
  threads?: number;
}

/**
 * Writes all images of a source, in its order, to a folder that appears complete or not at all. An interrupted call is resumed
 * after its last complete shard. If two calls for the same folder overlap although the caller's lock should prevent it, the earlier
 * one fails: the later one has taken its folder.
 * @throws ArtifactError listing the unreadable images, if they exceed their allowed share
 */
export async function storeImages(
  directory: string,
  source: DatasetSource,
  facts: ImagesFacts,
  options: StoringOptions,
): Promise<void> {
  const partial = await takePartialFolder(directory);
  if (!(await exists(join(partial, manifestFile)))) {
    const manifest = await writeAll(partial, source, facts, options);
    await writeFileAtomically(join(partial, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  await rm(join(partial, journalFile), { force: true });
  await rename(partial, directory);
}

async function writeAll(
  directory: string,
  source: DatasetSource,
  facts: ImagesFacts,
  { unreadableShare, onImages, signal, shardBytes, threads }: StoringOptions,
): Promise<ImagesManifest> {
  const { imageSize, fit, channels } = facts;
  const { ids, labels, splits, groups } = source.images;
  const writer = await ShardWriter.open(directory, {
    sums: sumsOf(channels),
    uniform: fit === 'square',
    ...(shardBytes !== undefined && { bytes: shardBytes }),
  });
  const report = progress(writer, ids.length, onImages);
  let unreadable = writer.skipped.length;
  try {
    const contents = source.read({ from: writer.next, signal });
    for await (const fittings of fittedImages(contents, { size: imageSize, fit, channels }, threads)) {
      signal?.throwIfAborted();
      for (const { index, fitting } of fittings)
        if ('pixels' in fitting) {
          const writing = writer.add(index, fitting);
          if (writing !== undefined) await writing;
        } else {
          writer.skip(index, fitting.reason);
          unreadable++;
        }
      report();
      // The search goes on until there are as many as an error shows, so that one attempt names them all.
      if (unreadable >= Math.max(mostUnreadable, unreadableShare * ids.length + 1)) break;
    }
    checkUnreadable(facts.dataset, writer, ids, unreadableShare);
    const { shards, tables } = await writer.finish();
    const skipped = new Set(writer.skipped.map(({ index }) => index));
    const kept = Array.from(ids.keys()).filter((index) => !skipped.has(index));
    const write = (name: string, content: Uint8Array) => writeTable(directory, name, content);
    const manifest = {
      format: 2 as const,
      ...facts,
      leftOut: [...source.leftOut],
      skipped: writer.skipped.map(({ index, reason }) => ({ id: ids[index]!, reason })),
      classes: [...source.classes],
      images: kept.length,
      shards,
      tables: {
        ...(tables as { hashes: CheckedFile; sums: CheckedFile }),
        labels: await write('labels.bin', toBytes(Uint16Array.from(kept, (index) => labels[index]!))),
        given: await write(
          'given.bin',
          Uint8Array.from(kept, (index) => splits[index]!),
        ),
        ids: await write('ids.txt', Buffer.from(kept.map((index) => `${ids[index]!}\n`).join(''))),
        ...(groups && {
          groups: await write('groups.bin', toBytes(Uint32Array.from(kept, (index) => groups[index]!))),
        }),
      },
    };
    return imagesManifestSchema.parse({ ...manifest, digest: imagesDigest(manifest) });
  } finally {
    await writer.abandon();
  }
}

/** Number of images after which progress is reported. */
const reportEvery = 1000;

function progress(writer: ShardWriter, of: number, onImages: StoringOptions['onImages']): () => void {
  let told = 0;
  return () => {
    if (writer.next < Math.min(of, told + reportEvery)) return;
    told = writer.next;
    onImages?.(told, of);
  };
}

/** Number of unreadable images, beyond their allowed share, at which a preparation ends without looking for more. */
const mostUnreadable = 20;

function checkUnreadable(
  dataset: string,
  { skipped, next }: Pick<ShardWriter, 'skipped' | 'next'>,
  ids: readonly string[],
  share: number,
): void {
  if (skipped.length <= share * ids.length) return;
  const looked = next === ids.length ? '' : ` among the first ${next}`;
  throw new ArtifactError(
    `${dataset} cannot be prepared: ${skipped.length} of its ${ids.length} images are unreadable${looked}, more than the share ${share} that unreadableShare allows`,
    skipped.map(({ index, reason }) => `${ids[index]!}: ${reason}`),
  );
}

async function writeTable(directory: string, file: string, content: Uint8Array): Promise<CheckedFile> {
  await writeFile(join(directory, file), content, { flush: true });
  return { file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
