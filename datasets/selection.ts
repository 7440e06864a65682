import { z } from 'zod';
import { ownSourceSchema } from './own-source.ts';

const subsetFields = {
  classes: z
    .union([z.int().min(2), z.array(z.string().min(1)).min(2)])
    .describe('restrict to this many classes, drawn at random, or to those of these names'),
  classDraw: z
    .int()
    .min(0)
    .default(0)
    .describe('which random draw of the classes: a different draw is another dataset'),
  nestedClasses: z
    .boolean()
    .default(false)
    .describe('draws of fewer classes are parts of those of more: 2 within 5 within 10 of the same draw'),
};

/** Which classes of a dataset a subset has. */
export const classSubsetSchema = z.strictObject(subsetFields);

export type ClassSubset = z.infer<typeof classSubsetSchema>;

const most = (what: string) =>
  z.int().describe(`at most this many ${what} images, stratified by class; absent for all`);
const fraction = z.number().min(0).lt(1);

/** Which images of which dataset: the unit that a population is trained on. */
export const datasetSelectionSchema = z.strictObject({
  dataset: z.string().min(1).describe('name in the catalogue (datasets/catalogue/), or of a dataset of your own'),
  label: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/, {
      error: 'must be lower-case letters, digits and dashes, in parts divided by /',
    })
    .optional()
    .describe('its name in tables and charts; absent for one that tells what is selected'),
  source: ownSourceSchema.optional().describe('where a dataset of your own lies; absent for one of the catalogue'),
  allowIncomplete: z
    .boolean()
    .default(false)
    .describe('take a dataset that has less than is published, e.g. a part of it; told in the report'),
  unreadableShare: fraction
    .default(0.001)
    .describe('share of the images that may be unreadable: they are listed and skipped, above it nothing is prepared'),
  ...subsetFields,
  classes: subsetFields.classes.optional(),
  controlFor: classSubsetSchema
    .optional()
    .describe(
      'all classes, but as many training and validation images as this subset of classes has: whether a gain comes from fewer classes or from fewer images',
    ),
  trainingImages: most('training').min(2).optional(),
  validationImages: most('validation').min(1).optional(),
  testImages: most('test').min(1).optional(),
  validationFraction: fraction
    .default(0.1)
    .describe('fraction of each class kept from training for validation, where the dataset brings none'),
  testFraction: fraction
    .default(0.1)
    .describe('fraction of each class kept for testing, where the dataset brings no test images'),
  groupedSplits: z
    .boolean()
    .default(false)
    .describe('what belongs together (a lesion, a photo) is kept in one split, where splits are drawn'),
  imageSize: z
    .int()
    .min(4)
    .optional()
    .describe('pixels: side of the prepared images; absent for the size of the catalogue'),
  fit: z
    .enum(['square', 'short-side'])
    .default('square')
    .describe('prepare the central square, or the whole image with imageSize as the largest short side'),
  protocol: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("what differs from the study's protocol on this dataset, e.g. { epochs: 20 }"),
});

export type DatasetSelection = z.infer<typeof datasetSelectionSchema>;

/** What the study's checks need to know of a dataset, before anything is read. */
export interface DatasetFacts {
  /** Name in configs, e.g. `fashion-mnist`. */
  name: string;
  title: string;
  classes: number;
  /** Of the prepared images: 1 (grey) or 3. */
  channels: number;
  /** Pixels: side of the prepared images. */
  imageSize: number;
  trainingImages: number;
  /** Where the dataset brings some; else they are held out of the training images. */
  validationImages?: number;
  testImages: number;
}
