import { z } from 'zod';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';

/** Which test images each run on a dataset classified wrongly. */
export interface ImageOutcomes {
  dataset: string;
  /** Names the test images: datasets with the same name have the same ones in the same order, e.g. a reference and its control. */
  testSet: string;
  /** Test images, at least 2; the same for all runs, in the same order. */
  images: number;
  /** By label: their classes, with the number of their images; absent if they are not known. */
  classes?: readonly TestClass[] | undefined;
  runs: readonly RunOutcomes[];
}

/** A class of a dataset, under the name that its publication gives it: untrusted text. */
export interface TestClass {
  name: string;
  images: number;
}

export interface RunOutcomes {
  architecture: string;
  seed: number;
  /** As `outcomeBits` packs them. */
  wrong: Uint8Array;
  /** By label: how many images of the class are wrong; absent if it is not known. */
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

/** Outcomes as the JSON document that a study keeps of them: those of a dataset a line. */
export function formatOutcomes(outcomes: readonly ImageOutcomes[]): string {
  const lines = outcomes.map(({ runs, ...dataset }) => JSON.stringify({ ...dataset, runs: runs.map(packedRun) }));
  return `[\n${lines.join(',\n')}\n]\n`;
}

const packedRun = ({ wrong, ...run }: RunOutcomes) => ({ ...run, wrong: Buffer.from(wrong).toString('base64') });

/**
 * The outcomes in such a document.
 * @throws ArtifactError naming it, and the field that is wrong
 */
export const parseOutcomes = (text: string, name: string): ImageOutcomes[] =>
  parseJsonWith(documentSchema, text, name, ArtifactError);
