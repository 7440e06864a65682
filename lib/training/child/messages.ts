import { z } from 'zod';
import { architectureSchema } from '../../design-space/architecture.ts';
import { epochMetricsSchema, testResultSchema, trainingProgressSchema } from '../metrics.ts';
import { precisionSchema, protocolSchema } from '../protocol.ts';
import { failureKinds } from '../failures.ts';

const deviceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cpu'), threads: z.int().positive() }),
  z.strictObject({ kind: z.literal('gpu'), index: z.int().min(0) }),
]);

/** One training run, or the test of one. */
const trainingTaskSchema = z.strictObject({
  runKey: z.string().min(1),
  architecture: architectureSchema,
  /** Folder of a prepared dataset. */
  datasetDirectory: z.string(),
  protocol: protocolSchema,
  seed: z.int().min(0),
  /** Folder for checkpoints, weights, the exported model and event files; it survives attempts. */
  workDirectory: z.string(),
  device: deviceSchema,
  /** Whether event files are written. */
  tensorBoard: z.boolean(),
  /** Whether the predictions of the test images are written; they are not by default. */
  predictions: z.boolean().optional(),
  /** Minutes after which an unfinished epoch writes a checkpoint; 10 by default. */
  checkpointMinutes: z.number().positive().optional(),
});

export type TrainingTask = z.infer<typeof trainingTaskSchema>;

/** Steps of a network on images of noise, to measure their speed. */
const stepsTaskSchema = z.strictObject({
  architecture: architectureSchema,
  /** Pixels: side of the images. */
  imageSize: z.int().positive(),
  classes: z.int().min(2),
  batchSize: z.int().min(2),
  /** Steps before the measurement, and during it (`steps`). */
  warmUp: z.int().positive(),
  steps: z.int().positive(),
  precision: precisionSchema,
  device: deviceSchema,
});

export type StepsTask = z.infer<typeof stepsTaskSchema>;

/** Orders to a child process. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('train'), task: trainingTaskSchema }),
  z.strictObject({ kind: z.literal('evaluate'), task: trainingTaskSchema, weightsFile: z.string() }),
  z.strictObject({ kind: z.literal('compare'), device: deviceSchema, goldenCases: z.unknown() }),
  z.strictObject({ kind: z.literal('measure'), task: stepsTaskSchema }),
]);

const versionsSchema = z.record(z.string(), z.string());

const predictionsFileSchema = z.string().nullable().describe('Parquet; null if the predictions are not kept');

const evaluationResultSchema = z.strictObject({
  ...testResultSchema.shape,
  predictionsFile: predictionsFileSchema,
  versions: versionsSchema,
});

export type EvaluationResult = z.infer<typeof evaluationResultSchema>;

const trainingResultSchema = z.strictObject({
  /** `paused`: ended early after an epoch, on request; another order for the same run continues from its checkpoint. */
  outcome: z.enum(['finished', 'diverged', 'paused']),
  /** Where and how the training diverged; null if it did not. */
  failure: z.string().nullable(),
  curve: z.array(epochMetricsSchema),
  /** Seconds of this attempt, which may have continued from an earlier attempt's checkpoint. */
  trainingSeconds: z.number().min(0),
  versions: versionsSchema,
  /** Null if the training is not finished. */
  weightsFile: z.string().nullable(),
  savedModelDirectory: z.string().nullable(),
  /** Null if no event files are written. */
  eventsDirectory: z.string().nullable(),
  predictionsFile: predictionsFileSchema,
  /** Test of the network in the session that trained it, which costs the least; null if the training is not finished. */
  evaluation: testResultSchema.nullable(),
});

export type TrainingResult = z.infer<typeof trainingResultSchema>;

/** Tells a training child process to end after its current epoch. */
export const pauseSchema = z.strictObject({ kind: z.literal('pause') });

const checkpointSchema = z.strictObject({
  /** Number of finished epochs. */
  epochs: z.int().min(0),
  /** Path of the checkpoint, which is deleted once there are two newer ones. */
  path: z.string(),
});

/** The state of a run after an epoch, or within a long one, in a file in its work directory. */
export type CheckpointFile = z.infer<typeof checkpointSchema>;

const goldenDifferencesSchema = z.strictObject({
  name: z.string(),
  firstLogits: z.number().describe('absolute'),
  gradientNorms: z.number().describe("relative to each parameter's norm"),
  losses: z.number().describe('relative'),
  finalLogits: z.number().describe('absolute, by the running statistics after the last step'),
  state: z.string().describe('SHA-256 of the whole state after the last step'),
});

/** The largest differences between this engine and a golden case. */
export type GoldenDifferences = z.infer<typeof goldenDifferencesSchema>;

/** Reports of a child process. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('log'), line: z.string() }),
  z.strictObject({ kind: z.literal('progress'), progress: trainingProgressSchema }),
  z.strictObject({ kind: z.literal('checkpoint'), checkpoint: checkpointSchema }),
  z.strictObject({ kind: z.literal('trained'), result: trainingResultSchema }),
  z.strictObject({ kind: z.literal('evaluated'), result: evaluationResultSchema }),
  z.strictObject({
    kind: z.literal('compared'),
    differences: z.array(goldenDifferencesSchema),
    versions: versionsSchema,
  }),
  z.strictObject({ kind: z.literal('measured'), imagesPerSecond: z.number().positive(), versions: versionsSchema }),
  z.strictObject({ kind: z.literal('failed'), failure: z.enum(failureKinds), message: z.string() }),
]);

export type Order = z.infer<typeof orderSchema>;
export type Report = z.infer<typeof reportSchema>;
