import { freemem } from 'node:os';
import type { ImageSizes, PreparedDataset, SplitName } from '../datasets/manifest.ts';
import type { ImageExtents } from './sampling.ts';
import type { BatchImages } from './session.ts';

/** Share of the free memory that training images kept in TensorFlow may take. */
const residentShare = 0.25;
/**
 * Bytes: TensorFlow's kernels index with 32 bits, arrays in Node 20 have at most 4 GiB, and a GPU must hold the images beside the network.
 */
const residentLimit = 2 ** 31;

/** Whether images of `bytes` are kept in TensorFlow, judging by the machine's free memory or a container's limit. */
export function isResident(
  bytes: number,
  free = Math.min(freemem(), process.constrainedMemory() || Infinity),
): boolean {
  return bytes < residentLimit && bytes <= residentShare * free;
}

/** The training images of a run: kept in TensorFlow if they fit, else read batch by batch from their shards. */
export interface TrainingImages {
  /** All pixels, if TensorFlow keeps them. */
  residentPixels?: Uint8Array;
  labels: Int32Array;
  sizes(indices: Int32Array): ImageSizes;
  batch(indices: Int32Array): Promise<BatchImages>;
}

/** @param keep whether the session will keep the pixels */
export async function openTrainingImages(dataset: PreparedDataset, keep: boolean): Promise<TrainingImages> {
  const labels = Int32Array.from(await dataset.labels('train'));
  const all = dataset.sizes('train');
  const sizes = (indices: Int32Array) => sizesOf(all, indices);
  if (!keep) return { labels, sizes, batch: (indices) => readImages(dataset, 'train', indices) };
  const { starts } = consecutive(all);
  return {
    residentPixels: await dataset.pixels('train'),
    labels,
    sizes,
    batch: (indices) =>
      Promise.resolve({ extents: { starts: indices.map((index) => starts[index]!), ...sizes(indices) } }),
  };
}

/** Reads some images of a split with their pixels. */
export async function readImages(
  dataset: PreparedDataset,
  split: SplitName,
  indices: Int32Array,
): Promise<Required<BatchImages>> {
  // Reading has started when `gather` returns.
  const reading = dataset.gather(split, indices);
  const extents = consecutive(sizesOf(dataset.sizes(split), indices));
  return { extents, pixels: await reading };
}

/** Returns the sizes of some images. */
const sizesOf = ({ heights, widths }: ImageSizes, indices: Int32Array): ImageSizes => ({
  heights: Uint16Array.from(indices, (index) => heights[index]!),
  widths: Uint16Array.from(indices, (index) => widths[index]!),
});

/** Returns the extents of consecutive images. */
function consecutive({ heights, widths }: ImageSizes): ImageExtents {
  const starts = new Int32Array(heights.length);
  for (let image = 1; image < starts.length; image++)
    starts[image] = starts[image - 1]! + heights[image - 1]! * widths[image - 1]!;
  return { starts, heights, widths };
}

/** Returns the bytes of a split's pixels. */
export function pixelBytes(dataset: PreparedDataset, split: SplitName): number {
  const { heights, widths } = dataset.sizes(split);
  return heights.reduce((sum, height, image) => sum + height * widths[image]!, 0) * dataset.manifest.channels;
}
