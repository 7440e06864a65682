import { createHash } from 'node:crypto';
import type { StoredImages } from '../shards/stored-images.ts';

/**
 * Returns the SHA-256 over the content of images in order: for each the hash of its pixels, its height, its width and, if labels are given,
 * its label.
 * @param labels labels of these images
 */
export async function contentDigest(
  images: StoredImages,
  positions: Uint32Array,
  labels?: Uint16Array,
): Promise<string> {
  const hashes = await images.hashes();
  const { heights, widths } = images.sizesOf(positions);
  const width = labels === undefined ? 36 : 38;
  const rows = Buffer.alloc(positions.length * width);
  positions.forEach((position, index) => {
    const at = index * width;
    hashes.copy(rows, at, 32 * position, 32 * position + 32);
    rows.writeUInt16LE(heights[index]!, at + 32);
    rows.writeUInt16LE(widths[index]!, at + 34);
    if (labels !== undefined) rows.writeUInt16LE(labels[index]!, at + 36);
  });
  return createHash('sha256').update(rows).digest('hex');
}
