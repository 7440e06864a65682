import { z } from 'zod';
import { ownSourceSchema } from './own-source.ts';

/** Which images of which dataset: the unit that a population is trained on. */
export const datasetSelectionSchema = z.strictObject({
  dataset: z.string().min(1).describe('name in the catalogue (datasets/catalogue/), or of a dataset of your own'),
  source: ownSourceSchema.optional().describe('where a dataset of your own lies; absent for one of the catalogue'),
  allowIncomplete: z
    .boolean()
    .default(false)
    .describe('take a dataset that has less than is published, e.g. a part of it; told in the report'),
  classes: z.int().min(2).optional().describe('restrict to this many classes, drawn at random; absent for all'),
  classDraw: z
    .int()
    .min(0)
    .default(0)
    .describe('which random draw of the classes: a different draw is another dataset'),
  trainingImages: z
    .int()
    .min(2)
    .optional()
    .describe('at most this many training images, stratified by class; absent for all'),
  validationImages: z
    .int()
    .min(1)
    .optional()
    .describe('at most this many validation images, stratified; absent for all'),
  testImages: z.int().min(1).optional().describe('at most this many test images, stratified; absent for all'),
  validationFraction: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe('fraction of each class kept from training for validation, where the dataset brings none'),
  imageSize: z
    .int()
    .min(4)
    .optional()
    .describe('pixels: side of the prepared images; absent for the size of the catalogue'),
  protocol: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("what differs from the study's protocol on this dataset, e.g. { epochs: 20 }"),
});

export type DatasetSelection = z.infer<typeof datasetSelectionSchema>;

/** The short name of a selection in tables, charts and the Temporal UI, e.g. `fashion-mnist/5-classes`. */
export function selectionLabel(selection: Pick<DatasetSelection, 'dataset' | 'classes' | 'classDraw'>): string {
  const { dataset, classes, classDraw } = selection;
  if (classes === undefined) return dataset;
  return `${dataset}/${classes}-classes${classDraw > 0 ? `-draw-${classDraw}` : ''}`;
}

/** What the study's checks need to know of a dataset, before anything is read. */
export interface DatasetFacts {
  /** Name in configs, e.g. `fashion-mnist`. */
  name: string;
  title: string;
  classes: number;
  /** 1 (grey) to 4. */
  channels: number;
  /** Pixels: side of the prepared square images. */
  imageSize: number;
  trainingImages: number;
  testImages: number;
}
