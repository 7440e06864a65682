import { z } from 'zod';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const shardSchema = z.strictObject({
  /** File name inside the dataset's folder: uint8 pixels, [images, imageSize, imageSize, channels]. */
  file: z.string().regex(/^[a-z0-9.-]+$/),
  images: z.int().positive(),
  sha256,
});

const splitSchema = z.strictObject({
  images: count,
  shards: z.array(shardSchema),
  /** File of the labels: uint16, little-endian, one an image, in [0, classes). */
  labels: z.strictObject({ file: z.string().regex(/^[a-z0-9.-]+$/), sha256 }),
});

/** `manifest.json` of a prepared dataset: what its folder holds, and the checksums that prove it. */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** Label of the selection, e.g. `fashion-mnist/5-classes`. */
  label: z.string(),
  /** SHA-256 over the class names, the image shape, the counts and all checksums: equal digests, equal data. */
  digest: sha256,
  /** Class names; the position is the label. */
  classes: z.array(z.string()).min(2),
  imageSize: z.int().positive(),
  channels: z.int().min(1).max(4),
  splits: z.strictObject({ train: splitSchema, validation: splitSchema, test: splitSchema }),
  /** Over the training pixels scaled to [0, 1], per channel. */
  normalization: z.strictObject({ mean: z.array(z.number()), std: z.array(z.number().positive()) }),
  /** Of the channels' covariance over the training pixels in [0, 1]; eigenvectors[c] is channel c's row, one column a component. */
  pca: z.strictObject({ eigenvalues: z.array(z.number()), eigenvectors: z.array(z.array(z.number())) }),
});

export type DatasetManifest = z.infer<typeof manifestSchema>;

/** A prepared dataset opened for reading. */
export interface PreparedDataset {
  readonly manifest: DatasetManifest;
  /** The labels of a split, in image order. */
  labels(split: SplitName): Promise<Uint16Array>;
  /** All pixels of a split, uint8 [images, imageSize, imageSize, channels]. */
  pixels(split: SplitName): Promise<Uint8Array>;
  /** The pixels of the images with the given indices, in their order, without holding the whole split in memory. */
  gather(split: SplitName, indices: ArrayLike<number>): Promise<Uint8Array>;
  close(): Promise<void>;
}
