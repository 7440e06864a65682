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

/** Of a file in a folder of ours, and of nothing outside it. */
export const fileName = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/);

/** A file of a folder with its checksum. */
export const fileSchema = z.strictObject({ file: fileName, bytes: count, sha256 });

export type CheckedFile = z.infer<typeof fileSchema>;

/** What a folder of images and all that is made of it have in common. */
export const imageFacts = {
  dataset: z.string(),
  /** Where the images come from: a version stands for their content. */
  source: z.strictObject({ form: z.string(), version: z.string() }),
  /** What the download lacks of what is published; empty where it is whole. */
  incomplete: z.array(z.string()),
  /** Of the download, not images of the dataset, and why. */
  leftOut: z.array(z.strictObject({ reason: z.string(), images: count })),
  /** Images that could not be read, by their id. */
  skipped: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
  /** Pixels: the side of square images, or the largest short side. */
  imageSize: z.int().positive(),
  fit: z.enum(['square', 'short-side']),
  channels: z.int().refine((channels) => [1, 3].includes(channels), rule('must be 1 or 3')),
};

/** Mean and standard deviation by channel of pixels scaled to [0, 1]. */
const normalizationSchema = z.strictObject({ mean: z.array(z.number()), std: z.array(z.number().positive()) });

/** Of the covariance of the channels of pixels in [0, 1]; eigenvectors[c] is channel c's row, one column a component. */
const pcaSchema = z.strictObject({ eigenvalues: z.array(z.number()), eigenvectors: z.array(z.array(z.number())) });

const sharedSchema = z.strictObject({
  split: z.enum(splitNames),
  /** A split that is trained on, or chosen by, before that one. */
  with: z.enum(splitNames),
  /** Of `split`, how many images have their like in the other one. */
  images: count,
  /** Ids of some of them, each with its like. */
  examples: z.array(z.tuple([z.string(), z.string()])),
});

/** What splits share that should have nothing in common. */
const leakageSchema = z.strictObject({
  /** Images of the same pixels. */
  duplicates: z.array(sharedSchema),
  /** Images of the same group (lesion, photo); null where no groups are known. */
  groups: z.array(sharedSchema).nullable(),
});

/** What is known of the splits of a whole dataset, and holds for all that is selected of it. */
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

/**
 * `manifest.json` of a prepared dataset: a view on the images of its parent. It says which of them make up each split; pixels are
 * in the parent's shards.
 */
export const manifestSchema = z.strictObject({
  format: z.literal(2),
  /** Of the selection, e.g. `fashion-mnist/5-classes`. */
  label: z.string(),
  /**
   * SHA-256 over what is trained on: class names, size, and of each split the pixels and labels in order, and what the statistics are
   * of. Equal digests, equal data, however it is stored.
   */
  digest: sha256,
  ...imageFacts,
  /** Class names; the position is the label. */
  classes: z.array(z.string()).min(2),
  /** Of the draws of splits, classes and images. */
  seed: count,
  splits: bySplit(viewSplitSchema),
  /**
   * `normalization` and `pca` are those of the whole dataset's training images: a subset sees the same numbers as its parent, so that
   * networks trained on both differ by nothing but the classes.
   */
  ...splitFacts,
  parent: z.strictObject({
    /** Folder of the images, relative to that of the manifest. */
    directory: z.string(),
    /** Digest of the images. */
    digest: sha256,
    /** SHA-256 of the whole dataset's training images, which the statistics are of. */
    trainingDigest: sha256,
    /** The parent's label of each class. */
    labels: z.array(count),
  }),
});

export type DatasetManifest = z.infer<typeof manifestSchema>;
export type SplitFacts = Pick<DatasetManifest, keyof typeof splitFacts>;

/** Height and width of images, in their order. */
export interface ImageSizes {
  heights: Uint16Array;
  widths: Uint16Array;
}

/** A prepared dataset opened for reading. Images are uint8 [height, width, channels], one after the other. */
export interface PreparedDataset {
  readonly manifest: DatasetManifest;
  /** The labels of a split, in image order. */
  labels(split: SplitName): Promise<Uint16Array>;
  sizes(split: SplitName): ImageSizes;
  /** What the images are called in the dataset as it was downloaded; untrusted text without control characters. */
  ids(split: SplitName): Promise<string[]>;
  /** All pixels of a split, checked against the hashes that they were stored with. */
  pixels(split: SplitName): Promise<Uint8Array>;
  /**
   * The pixels of the images with the given indices, in their order, without holding the whole split in memory. The reading of a batch
   * goes on beside whatever blocks the thread after the call.
   */
  gather(split: SplitName, indices: ArrayLike<number>): Promise<Uint8Array>;
  close(): Promise<void>;
}
