import { z } from 'zod';
import { rule } from '../core/validation.ts';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** A value for each split. */
export type BySplit<Value> = Record<SplitName, Value>;

/** An object with a value for each split. */
export const bySplit = <Schema extends z.ZodType>(schema: Schema) =>
  z.strictObject({ train: schema, validation: schema, test: schema });

export const count = z.int().min(0);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Name of a file in one of this program's folders; it cannot lead outside. */
export const fileName = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/);

/** A file of a folder with its checksum. */
export const fileSchema = z.strictObject({ file: fileName, bytes: count, sha256 });

export type CheckedFile = z.infer<typeof fileSchema>;

/** Facts shared by a folder of images and everything made from it. */
export const imageFacts = {
  dataset: z.string(),
  /** Where the images come from; the version identifies their content. */
  source: z.strictObject({ form: z.string(), version: z.string() }),
  /** What the download lacks compared with the publication; empty if it is complete. */
  incomplete: z.array(z.string()),
  /** Contents of the download that are not images of the dataset, and why. */
  leftOut: z.array(z.strictObject({ reason: z.string(), images: count })),
  /** Images that could not be read, by id. */
  skipped: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
  /** Pixels: the side of square images, or the largest short side. */
  imageSize: z.int().positive(),
  fit: z.enum(['square', 'short-side']),
  channels: z.int().refine((channels) => [1, 3].includes(channels), rule('must be 1 or 3')),
};

/** Mean and standard deviation per channel, of pixels scaled to [0, 1]. */
const normalizationSchema = z.strictObject({ mean: z.array(z.number()), std: z.array(z.number().positive()) });

/** Principal components of the channel covariance of pixels in [0, 1]; eigenvectors[c] is channel c's row, one column per component. */
const pcaSchema = z.strictObject({ eigenvalues: z.array(z.number()), eigenvectors: z.array(z.array(z.number())) });

const sharedSchema = z.strictObject({
  split: z.enum(splitNames),
  /** The other split, which is used earlier, for training or selection. */
  with: z.enum(splitNames),
  /** Number of images of `split` that have a match in the other split. */
  images: count,
  /** Ids of some of them, each with the id of its match. */
  examples: z.array(z.tuple([z.string(), z.string()])),
});

/** Images or groups that pairs of splits share, although they should have nothing in common. */
const leakageSchema = z.strictObject({
  /** Images with identical pixels. */
  duplicates: z.array(sharedSchema),
  /** Images of the same group (lesion, photo); null if no groups are known. */
  groups: z.array(sharedSchema).nullable(),
});

/** Facts about the splits of a whole dataset, which also apply to every selection from it. */
export const splitFacts = {
  normalization: normalizationSchema,
  pca: pcaSchema,
  leakage: leakageSchema,
};

const viewSplitSchema = z.strictObject({
  images: count,
  /** Images of each class, by label. */
  byClass: z.array(count),
  /** Positions in the parent's images: uint32, little-endian, ascending. */
  positions: fileSchema,
});

/** `manifest.json` of a prepared dataset, a view that assigns its parent's images to splits; the pixels are in the parent's shards. */
export const manifestSchema = z.strictObject({
  format: z.literal(2),
  /** Label of the selection, e.g. `fashion-mnist/5-classes`. */
  label: z.string(),
  /**
   * SHA-256 over the data that is trained on: class names, image size, the pixels and labels of each split in order, and the images
   * behind the statistics. Equal digests mean equal data, however it is stored.
   */
  digest: sha256,
  ...imageFacts,
  /** Class names; the position is the label. */
  classes: z.array(z.string()).min(2),
  /** Seed of the random draws of splits, classes and images. */
  seed: count,
  splits: bySplit(viewSplitSchema),
  /**
   * `normalization` and `pca` are computed from the whole dataset's training images: a subset uses the same numbers as its parent, so that
   * networks trained on both differ only in their classes.
   */
  ...splitFacts,
  parent: z.strictObject({
    /** Folder of the images, relative to the folder of the manifest. */
    directory: z.string(),
    /** Digest of the images. */
    digest: sha256,
    /** SHA-256 of the whole dataset's training images, from which the statistics are computed. */
    trainingDigest: sha256,
    /** The label of each class in the parent. */
    labels: z.array(count),
  }),
});

export type DatasetManifest = z.infer<typeof manifestSchema>;
export type SplitFacts = Pick<DatasetManifest, keyof typeof splitFacts>;

/** Heights and widths of images, in order. */
export interface ImageSizes {
  heights: Uint16Array;
  widths: Uint16Array;
}

/** A prepared dataset opened for reading. Images are uint8 [height, width, channels], one after another. */
export interface PreparedDataset {
  readonly manifest: DatasetManifest;
  /** The labels of a split, in image order. */
  labels(split: SplitName): Promise<Uint16Array>;
  sizes(split: SplitName): ImageSizes;
  /** Names of the images in the downloaded dataset; untrusted text without control characters. */
  ids(split: SplitName): Promise<string[]>;
  /** All pixels of a split, checked against their stored hashes. */
  pixels(split: SplitName): Promise<Uint8Array>;
  /**
   * The pixels of the images with the given indices, in that order, without holding the whole split in memory. A batch keeps
   * being read in the background even if this thread is blocked after the call.
   */
  gather(split: SplitName, indices: ArrayLike<number>): Promise<Uint8Array>;
}
