import { createHash } from 'node:crypto';
import { z } from 'zod';
import { outcomeBits } from './outcome-bits.ts';
import { areaUnderCurve, balancedError, classCounts, macroF1 } from './metrics.ts';
import { wrongImages, type Predictions } from './predictions.ts';

const fraction = z.number().min(0).max(1);

/** The part of a run's record about its predictions: their digest, and the metrics computed from them. */
export const predictionsSummarySchema = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of their columns and values, whatever the file format'),
  wrong: z.base64().describe('whether each test image was classified wrongly, as `outcomeBits` packs it'),
  balancedError: fraction.describe('mean of the errors of the classes'),
  macroF1: fraction.describe('mean of the F1 scores of the classes'),
  auc: fraction.nullable().describe('area under the ROC curve of two classes; null for more'),
  wrongByClass: z
    .array(z.int().min(0))
    .describe('number of test images of each class that were classified wrongly, by label'),
});

export type PredictionsSummary = z.infer<typeof predictionsSummarySchema>;

/** @param classes of the dataset */
export function summaryOf(predictions: Predictions, classes: number): PredictionsSummary {
  const counts = classCounts(predictions, classes);
  return {
    sha256: predictionsDigest(predictions),
    wrong: Buffer.from(outcomeBits(wrongImages(predictions))).toString('base64'),
    balancedError: balancedError(counts),
    macroF1: macroF1(counts),
    auc: areaUnderCurve(predictions, classes),
    wrongByClass: counts.map(({ images, right }) => images - right),
  };
}

/**
 * Returns the SHA-256 over labels, probabilities and ranks: for each its name and the number of images (JSON), then the values
 * (little-endian). It does not depend on the compression of the file.
 */
export function predictionsDigest({ labels, probabilities, ranked }: Predictions): string {
  const hash = createHash('sha256');
  const columns = [
    ['label', labels],
    ['probability', probabilities],
    ...ranked.map((classes, rank) => [`top${rank + 1}`, classes] as const),
  ] as const;
  for (const [name, { length, buffer, byteOffset, byteLength }] of columns)
    hash.update(JSON.stringify([name, length])).update(Buffer.from(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
