import { z } from 'zod';
import { contentHash } from '../../core/canonical-json.ts';
import { count, fileName, fileSchema, imageFacts, sha256, type CheckedFile } from '../manifest.ts';

export const manifestFile = 'manifest.json';

/** Data stored for each image besides its pixels, in one file per table. */
const tablesSchema = z.strictObject({
  /** SHA-256 of the pixels, 32 bytes; they serve as the checksums of the shards. */
  hashes: fileSchema,
  /** Sums of the channels and of their products, float64. */
  sums: fileSchema,
  /** Class, uint16. */
  labels: fileSchema,
  /** Given split, uint8: values of `givenSplits`. */
  given: fileSchema,
  /** Path inside the dataset, one per line. */
  ids: fileSchema,
  /** Height and width, uint16 each; absent for squares. */
  sizes: fileSchema.optional(),
  /** Group, uint32; absent if no groups are known. */
  groups: fileSchema.optional(),
});

export type ImageTables = z.infer<typeof tablesSchema>;

/** `manifest.json` of a folder of prepared images: all images of a dataset, in the order of its source. */
export const imagesManifestSchema = z.strictObject({
  format: z.literal(2),
  ...imageFacts,
  classes: z.array(z.string()),
  images: count,
  /** SHA-256 over everything that defines the images, regardless of their division into shards. */
  digest: sha256,
  /** Files of pixels, uint8 [height, width, channels] for each image, one after another. */
  shards: z.array(z.strictObject({ file: fileName, images: count, bytes: count })),
  tables: tablesSchema,
});

export type ImagesManifest = z.infer<typeof imagesManifestSchema>;

/** Computes the digest of a folder of images. */
export function imagesDigest(
  manifest: Pick<ImagesManifest, 'classes' | 'imageSize' | 'fit' | 'channels' | 'images' | 'tables'>,
): string {
  const { classes, imageSize, fit, channels, images, tables } = manifest;
  const content = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table?.sha256]));
  return contentHash({ classes, imageSize, fit, channels, images, content });
}

/** Returns the tables that a folder of images has. */
export const tablesOf = ({ tables }: Pick<ImagesManifest, 'tables'>): CheckedFile[] =>
  Object.values(tables).filter((table) => table !== undefined);

/** Returns the bytes that the images take on disk, without their manifest. */
export const bytesOf = (manifest: Pick<ImagesManifest, 'shards' | 'tables'>): number =>
  [...manifest.shards, ...tablesOf(manifest)].reduce((sum, { bytes }) => sum + bytes, 0);
