import { freemem } from 'node:os';
import type { ImageSizes, PreparedDataset, SplitName } from '../datasets/manifest.ts';
import type { ImageExtents } from './sampling.ts';
import type { BatchImages } from './session.ts';

/** Part of the free memory that training images may take to be kept in TensorFlow. */
const residentShare = 0.25;
/** TensorFlow's kernels index with 32 bits, Node 20 has no longer arrays than 4 GiB, and a GPU must hold them beside the network. */
const residentLimit = 2 ** 31;

/** Whether images of so many bytes are kept in TensorFlow; the memory is what the machine has free, or a container's limit. */
export function isResident(
  bytes: number,
  free = Math.min(freemem(), process.constrainedMemory() || Infinity),
): boolean {
  return bytes < residentLimit && bytes <= residentShare * free;
}

/** The images that a run trains on: kept in TensorFlow if they fit, else read batch by batch from their shards. */
export interface TrainingImages {
  /** All pixels, if TensorFlow keeps them. */
  residentPixels?: Uint8Array;
  labels: Int32Array;
  sizes(indices: Int32Array): ImageSizes;
  batch(indices: Int32Array): Promise<BatchImages>;
}

/** @param keep whether the session is to keep the pixels */
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

/** Some images of a split with their pixels. */
export async function readImages(
  dataset: PreparedDataset,
  split: SplitName,
  indices: Int32Array,
): Promise<Required<BatchImages>> {
  // The reading has begun when `gather` returns.
  const reading = dataset.gather(split, indices);
  const extents = consecutive(sizesOf(dataset.sizes(split), indices));
  return { extents, pixels: await reading };
}

/** The sizes of some images. */
const sizesOf = ({ heights, widths }: ImageSizes, indices: Int32Array): ImageSizes => ({
  heights: Uint16Array.from(indices, (index) => heights[index]!),
  widths: Uint16Array.from(indices, (index) => widths[index]!),
});

/** Images that lie one after the other. */
function consecutive({ heights, widths }: ImageSizes): ImageExtents {
  const starts = new Int32Array(heights.length);
  for (let image = 1; image < starts.length; image++)
    starts[image] = starts[image - 1]! + heights[image - 1]! * widths[image - 1]!;
  return { starts, heights, widths };
}

/** Bytes of the pixels of a split. */
export function pixelBytes(dataset: PreparedDataset, split: SplitName): number {
  const { heights, widths } = dataset.sizes(split);
  return heights.reduce((sum, height, image) => sum + height * widths[image]!, 0) * dataset.manifest.channels;
}
