import { join } from 'node:path';
import { writeFileAtomically } from '../../core/files/atomic-write.ts';
import { DatasetError } from '../dataset-error.ts';
import type { Fitting } from '../images/fit-file.ts';
import type { FittedImage } from '../images/fit-image.ts';
import { fittedImages } from '../images/fitted-images.ts';
import type { DatasetSource } from '../source.ts';
import type { StoredImages } from './stored-images.ts';

/**
 * Rebuilds a shard from the images of its source.
 * @param shard its position in the manifest
 * @throws DatasetError if the source no longer gives the same images
 */
export async function rebuildShard(
  { directory, manifest, ...images }: Pick<StoredImages, 'directory' | 'manifest'> & { hashes: Buffer },
  shard: number,
  source: DatasetSource,
  signal?: AbortSignal,
): Promise<void> {
  const { file, images: count } = manifest.shards[shard]!;
  const path = join(directory, file);
  const first = manifest.shards.slice(0, shard).reduce((sum, before) => sum + before.images, 0);
  const skipped = new Set(manifest.skipped.map(({ id }) => id));
  const indices = source.images.ids
    .flatMap((id, index) => (skipped.has(id) ? [] : [index]))
    .slice(first, first + count);
  const wanted = new Set(indices);
  const form = { size: manifest.imageSize, fit: manifest.fit, channels: manifest.channels };
  const contents = source.read({ from: indices[0]!, wanted: (index) => wanted.has(index), signal });
  const parts: Uint8Array[] = [];
  const isStored = (fitting: Fitting): fitting is FittedImage => {
    const position = first + parts.length;
    return 'pixels' in fitting && images.hashes.subarray(32 * position, 32 * (position + 1)).equals(fitting.hash);
  };
  reading: for await (const fittings of fittedImages(contents, form))
    for (const { fitting } of fittings) {
      if (parts.length === count || !isStored(fitting)) break reading;
      parts.push(fitting.pixels);
    }
  if (parts.length < count)
    throw new DatasetError(
      `${path} is damaged, and the source no longer has image ${first + parts.length}, which was in it`,
    );
  await writeFileAtomically(path, parts);
}
