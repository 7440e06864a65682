import { freemem } from 'node:os';
import type { PreparedDataset } from '../datasets/manifest.ts';
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

/** The images that a run trains on: kept in TensorFlow where they fit, read batch by batch from their shards where not. */
export interface TrainingImages {
  /** All pixels, where TensorFlow is to keep them. */
  residentPixels?: Uint8Array;
  labels: Int32Array;
  batch(indices: Int32Array): Promise<BatchImages>;
}

/** @param keep overrides what fits: true for resident, false for streamed */
export async function openTrainingImages(dataset: PreparedDataset, keep?: boolean): Promise<TrainingImages> {
  const { imageSize, channels, splits } = dataset.manifest;
  const labels = Int32Array.from(await dataset.labels('train'));
  const bytes = splits.train.images * imageSize ** 2 * channels;
  if (keep ?? isResident(bytes))
    return {
      residentPixels: await dataset.pixels('train'),
      labels,
      batch: (indices) => Promise.resolve({ kind: 'resident', indices }),
    };
  return {
    labels,
    batch: async (indices) => ({ kind: 'streamed', pixels: await dataset.gather('train', indices) }),
  };
}
