import { z } from 'zod';

const error = z.number().min(0).max(1);

/** One epoch of training, as the trainer saw it. */
export const epochSchema = z.strictObject({
  /** From 1. */
  epoch: z.int().positive(),
  learningRate: z.number().min(0).describe('at its first step'),
  trainingLoss: z.number().describe('mean over its steps'),
  validationLoss: z.number().nullable().describe('null without validation images'),
  validationTop1Error: error.nullable(),
  imagesPerSecond: z.number().positive(),
});

export const errorsSchema = z.strictObject({
  images: z.int().positive(),
  loss: z.number().describe('mean cross-entropy'),
  top1Error: error,
  top5Error: error.nullable().describe('null with 5 classes or fewer'),
});

export type EpochRecord = z.infer<typeof epochSchema>;
export type Errors = z.infer<typeof errorsSchema>;
