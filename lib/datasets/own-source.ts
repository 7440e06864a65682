import { z } from 'zod';

const channels = z
  .union([z.literal(1), z.literal(3)])
  .default(3)
  .describe('1 prepares grey images, 3 colour images');

const path = z
  .string()
  .min(1)
  .max(4096)
  .describe('location of the dataset; a relative path is looked up in the data root, then in the working folder');

const column = z.string().min(1).max(1000);

/** The location and layout of the user's own dataset. */
export const ownSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z
      .literal('folder')
      .describe('train/<class>/*, val/<class>/*, test/<class>/*, or <class>/*; a folder or an archive'),
    path,
    channels,
  }),
  z.strictObject({
    kind: z.literal('table').describe('a CSV file with a row for each image'),
    path,
    imageColumn: column.describe("path of the image, relative to the table's folder"),
    labelColumn: column.describe('class'),
    splitColumn: column.optional().describe('train, val or test; if absent, the images are split at random'),
    groupColumn: column.optional().describe('group whose images a grouped split keeps together, e.g. a patient'),
    channels,
  }),
]);

export type OwnSource = z.infer<typeof ownSourceSchema>;

/** Pixels: the largest side of prepared images and of what a network sees. */
export const largestImage = 4096;

/** Pixels: side of the prepared images of the user's own datasets, unless the selection says otherwise. */
export const ownImageSize = 256;
