import { z } from 'zod';
import { predictionsSummarySchema } from '../predictions/summary.ts';

const error = z.number().min(0).max(1);

/** Metrics of one epoch of training. */
export const epochMetricsSchema = z.strictObject({
  /** Counted from 1. */
  epoch: z.int().positive(),
  learningRate: z.number().min(0).describe('at its first step'),
  trainingLoss: z.number().describe('mean over its steps'),
  validationLoss: z.number().nullable().describe('null without validation images'),
  validationTop1Error: error.nullable(),
  imagesPerSecond: z.number().positive(),
});

/** Metrics of one epoch as recorded: a command trainer may lack some that the engine has, and add others. */
export const recordedEpochSchema = z.strictObject({
  ...epochMetricsSchema.shape,
  learningRate: epochMetricsSchema.shape.learningRate.nullable(),
  trainingLoss: epochMetricsSchema.shape.trainingLoss.nullable(),
  imagesPerSecond: epochMetricsSchema.shape.imagesPerSecond.nullable(),
  metrics: z.record(z.string(), z.number()).optional().describe('its further numbers, as a command trainer names them'),
});

export const evaluationMetricsSchema = z.strictObject({
  images: z.int().positive(),
  loss: z.number().describe('mean cross-entropy'),
  top1Error: error,
  top5Error: error.nullable().describe('null with 5 classes or fewer'),
});

/** Results of a trained network on images that it was not trained on. */
export const testResultSchema = z.strictObject({
  validation: evaluationMetricsSchema.nullable().describe('null if the dataset has no validation images'),
  test: evaluationMetricsSchema,
  predictions: predictionsSummarySchema.optional().describe('absent if its predictions are not kept'),
  evaluationSeconds: z.number().min(0),
});

/** Progress of a running training. */
export const trainingProgressSchema = z.strictObject({
  /** Counted from 1. */
  epoch: z.int().positive(),
  epochs: z.int().positive(),
  /** Counted from 1 in each epoch. */
  step: z.int().positive(),
  stepsPerEpoch: z.int().positive(),
  imagesPerSecond: z.number().positive(),
  loss: z.number().describe('training loss, mean since the last report'),
});

export type TrainingProgress = z.infer<typeof trainingProgressSchema>;
export type EpochMetrics = z.infer<typeof epochMetricsSchema>;
export type RecordedEpoch = z.infer<typeof recordedEpochSchema>;
export type EvaluationMetrics = z.infer<typeof evaluationMetricsSchema>;
export type TestResult = z.infer<typeof testResultSchema>;
