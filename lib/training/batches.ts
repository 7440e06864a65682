import type { RandomStream } from '../core/random.ts';

/**
 * Draws the batches of an epoch: every image once, in random order. The last batch is smaller if the images do not divide evenly; a single
 * remaining image is left out of this epoch because batch normalization has no variance over one image. (pycls leaves out every smaller
 * batch.)
 */
export function epochBatches(rng: RandomStream, images: number, batchSize: number): Int32Array[] {
  const order = Int32Array.from(rng.shuffled(Array.from({ length: images }, (_, index) => index)));
  const batches: Int32Array[] = [];
  for (let start = 0; start < images; start += batchSize) batches.push(order.subarray(start, start + batchSize));
  return batches.filter(({ length }) => length > 1);
}

/** Number of these batches. */
export const stepsPerEpoch = (images: number, batchSize: number): number =>
  Math.floor(images / batchSize) + (images % batchSize > 1 ? 1 : 0);

/** Divides images into consecutive ranges of at most `batchSize`: [start, end). */
export function ranges(images: number, batchSize: number): [start: number, end: number][] {
  return Array.from({ length: Math.ceil(images / batchSize) }, (_, batch) => [
    batch * batchSize,
    Math.min(images, (batch + 1) * batchSize),
  ]);
}
