import { z } from 'zod';
import { largestImage, ownImageSize, ownSourceSchema } from './own-source.ts';

const subsetFields = {
  classes: z
    .union([z.int().min(2).max(100_000), z.array(z.string().min(1).max(1000)).min(2).max(100_000)])
    .describe('restricts the dataset to this many classes, drawn at random, or to the classes with these names'),
  classDraw: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('number of the random draw of classes: each draw is a different dataset'),
  nestedClasses: z
    .boolean()
    .default(false)
    .describe(
      'whether each draw contains the draws of fewer classes: the 2 classes are among the 5, and the 5 among the 10, of the same draw',
    ),
};

/** The classes of a dataset that a subset contains. */
const classSubsetSchema = z.strictObject(subsetFields);

export type ClassSubset = z.infer<typeof classSubsetSchema>;

const most = (what: string) =>
  z.int().max(1_000_000_000).describe(`at most this many ${what} images, stratified by class; if absent, all`);
const fraction = z.number().min(0).lt(1);

/** A selection of images of a dataset: the unit on which a population is trained. */
export const datasetSelectionSchema = z.strictObject({
  dataset: z
    .string()
    .min(1)
    .max(64)
    .describe('name in the catalogue (`datasets list` shows it), or the name you give to your own dataset'),
  label: z
    .string()
    .max(120)
    .regex(/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/, {
      error: 'must be lower-case letters, digits and dashes, in parts separated by /',
    })
    .optional()
    .describe('name in tables and charts; if absent, a name that describes the selection'),
  source: ownSourceSchema.optional().describe('location of your own dataset; absent for a dataset of the catalogue'),
  allowIncomplete: z
    .boolean()
    .default(false)
    .describe('accepts a dataset that is incomplete, e.g. a part of it; the report says so'),
  unreadableShare: fraction
    .default(0.001)
    .describe(
      'share of the images that may be unreadable: they are listed and skipped; above this share, preparation fails',
    ),
  ...subsetFields,
  classes: subsetFields.classes.optional(),
  controlFor: classSubsetSchema
    .optional()
    .describe(
      'all classes, but only as many training and validation images as this class subset has: shows whether a gain comes from fewer classes or from fewer images',
    ),
  trainingImages: most('training').min(2).optional(),
  validationImages: most('validation').min(1).optional(),
  testImages: most('test').min(1).optional(),
  validationFraction: fraction
    .default(0.1)
    .describe(
      'fraction of the training images of each class held out for validation, if the dataset has no validation images',
    ),
  testFraction: fraction
    .default(0.1)
    .describe('fraction of each class held out for testing, if the dataset has no test images'),
  groupedSplits: z
    .boolean()
    .default(false)
    .describe('whether splits that are drawn keep images that belong together (of a lesion, a photo) in one split'),
  imageSize: z
    .int()
    .min(4)
    .max(largestImage)
    .optional()
    .describe(
      `pixels: side of the prepared images; if absent, the size in the catalogue, or ${ownImageSize} for your own dataset`,
    ),
  fit: z
    .enum(['square', 'short-side'])
    .default('square')
    .describe('prepares the central square, or the whole image with imageSize as the largest short side'),
  protocol: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("fields that replace the study's protocol for this dataset, e.g. { epochs: 20 }"),
});

export type DatasetSelection = z.infer<typeof datasetSelectionSchema>;

/** Facts about a dataset that a study's checks need before anything is read. */
export interface DatasetFacts {
  /** Name in configs, e.g. `fashion-mnist`. */
  name: string;
  title: string;
  classes: number;
  /** Their names, in any order; absent if they are only known once the dataset is read. */
  classNames?: readonly string[];
  /** Channels of the prepared images: 1 (grey) or 3. */
  channels: number;
  /** Pixels: side of the prepared images. */
  imageSize: number;
  trainingImages: number;
  /** Whether it tells which images belong together, for grouped splits; absent if not. */
  hasGroups?: boolean;
  /** Absent if the dataset has none; validation images are then held out of the training images. */
  validationImages?: number;
  testImages: number;
}

const mostNames = 10;

/**
 * Returns the problems of the classes that a selection asks for; none if the names of the classes are unknown.
 * @param field field of the config, for the messages
 */
export function subsetProblems(
  asked: DatasetSelection['classes'],
  field: string,
  { name, classes, classNames }: Pick<DatasetFacts, 'name' | 'classes' | 'classNames'>,
): string[] {
  const count = (Array.isArray(asked) ? asked.length : asked) ?? 0;
  if (count > classes) return [`${field} must be at most ${classes} (${name} has ${classes}), got ${count}`];
  if (!Array.isArray(asked) || classNames === undefined) return [];
  const unknown = asked.filter((className) => !classNames.includes(className)).map((own) => JSON.stringify(own));
  return unknown.length === 0
    ? []
    : [`${field} must be classes of ${name} (${listed(classNames)}), got ${listed(unknown)}`];
}

const listed = (names: readonly string[]): string =>
  [...names.slice(0, mostNames), ...(names.length > mostNames ? ['...'] : [])].join(', ');
