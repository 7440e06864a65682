import { z } from 'zod';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';

/** The test images that each run on a dataset classified wrongly. */
export interface ImageOutcomes {
  dataset: string;
  /** Identifies the test images: datasets with equal ids, e.g. a reference and its control, have the same images in the same order. */
  testSet: string;
  /** Test images, at least 2; the same for all runs, in the same order. */
  images: number;
  /** By label: their classes, with the number of their images; absent if unknown. */
  classes?: readonly TestClass[] | undefined;
  runs: readonly RunOutcomes[];
}

/** A class of a dataset, with the name from its publication, which is untrusted text. */
export interface TestClass {
  name: string;
  images: number;
}

export interface RunOutcomes {
  architecture: string;
  seed: number;
  /** As `outcomeBits` packs them. */
  wrong: Uint8Array;
  /** By label: number of images of the class that are wrong; absent if unknown. */
  wrongByClass?: readonly number[] | undefined;
}

const packed = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

const documentSchema = z.array(
  z.strictObject({
    dataset: z.string(),
    testSet: z.string(),
    images: z.int().positive(),
    classes: z.array(z.strictObject({ name: z.string(), images: z.int().min(0) })).optional(),
    runs: z.array(
      z.strictObject({
        architecture: z.string(),
        seed: z.int().min(0),
        wrong: packed,
        wrongByClass: z.array(z.int().min(0)).optional(),
      }),
    ),
  }),
);

/** Formats outcomes as the JSON document that a study stores, with a line for each dataset. */
export function formatOutcomes(outcomes: readonly ImageOutcomes[]): string {
  const lines = outcomes.map(({ runs, ...dataset }) => JSON.stringify({ ...dataset, runs: runs.map(packedRun) }));
  return `[\n${lines.join(',\n')}\n]\n`;
}

const packedRun = ({ wrong, ...run }: RunOutcomes) => ({ ...run, wrong: Buffer.from(wrong).toString('base64') });

/**
 * Parses the outcomes in such a document.
 * @throws ArtifactError naming the document and the invalid field
 */
export const parseOutcomes = (text: string, name: string): ImageOutcomes[] =>
  parseJsonWith(documentSchema, text, name, ArtifactError);
