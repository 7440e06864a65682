import { encodePng } from '../images/encode-png.ts';
import type { PreparedDataset, SplitName } from '../manifest.ts';

/** An image of a split as a file. */
export interface EncodedImage {
  /** Index in the split. */
  index: number;
  label: number;
  /** A PNG file with exactly the prepared pixels. */
  png: Buffer;
}

/** Largest number of bytes of pixels in memory at a time. */
const mostBytes = 32 * 2 ** 20;
const mostImages = 64;

/** Yields all images of a split in order; only a few are encoded at a time, so that memory does not grow with their number. */
export async function* encodedImages(
  dataset: PreparedDataset,
  split: SplitName,
  signal?: AbortSignal,
): AsyncGenerator<EncodedImage> {
  const { channels } = dataset.manifest;
  const labels = await dataset.labels(split);
  const { heights, widths } = dataset.sizes(split);
  const bytesOf = (index: number) => heights[index]! * widths[index]! * channels;
  for (let first = 0; first < labels.length;) {
    signal?.throwIfAborted();
    const indices = [first];
    let bytes = bytesOf(first);
    for (let next = first + 1; next < labels.length && indices.length < mostImages; next++) {
      bytes += bytesOf(next);
      if (bytes > mostBytes) break;
      indices.push(next);
    }
    const pixels = await dataset.gather(split, indices);
    let start = 0;
    const encoding = indices.map((index) => {
      const image = pixels.subarray(start, (start += bytesOf(index)));
      return encodePng({ pixels: image, height: heights[index]!, width: widths[index]!, channels });
    });
    for (const [position, png] of (await Promise.all(encoding)).entries())
      yield { index: indices[position]!, label: labels[indices[position]!]!, png };
    first += indices.length;
  }
}

/**
 * Returns the name of an image without its ending: its index in the split, with as many digits as the last index needs, but at least six.
 */
export const imageName = (index: number, images: number): string =>
  String(index).padStart(Math.max(6, String(images - 1).length), '0');
