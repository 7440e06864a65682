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
export const trainingTaskSchema = z.strictObject({
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
  /** After which an epoch that is longer leaves a checkpoint in its midst; 10 where absent. */
  checkpointMinutes: z.number().positive().optional(),
});

export type TrainingTask = z.infer<typeof trainingTaskSchema>;

/** Steps of a network on images of noise, to see how fast they are. */
export const stepsTaskSchema = z.strictObject({
  architecture: architectureSchema,
  /** Pixels: side of the images. */
  imageSize: z.int().positive(),
  classes: z.int().min(2),
  batchSize: z.int().min(2),
  /** That come before the clock starts, and while it runs. */
  warmUp: z.int().positive(),
  steps: z.int().positive(),
  precision: precisionSchema,
  device: deviceSchema,
});

export type StepsTask = z.infer<typeof stepsTaskSchema>;

/** What a child process is told to do. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('train'), task: trainingTaskSchema }),
  z.strictObject({ kind: z.literal('evaluate'), task: trainingTaskSchema, weightsFile: z.string() }),
  z.strictObject({ kind: z.literal('compare'), device: deviceSchema, goldenCases: z.unknown() }),
  z.strictObject({ kind: z.literal('measure'), task: stepsTaskSchema }),
]);

const versionsSchema = z.record(z.string(), z.string());

const evaluationResultSchema = z.strictObject({ ...testResultSchema.shape, versions: versionsSchema });

export type EvaluationResult = z.infer<typeof evaluationResultSchema>;

const trainingResultSchema = z.strictObject({
  /** `paused`: asked to, after an epoch; another order for the same run goes on from its checkpoint. */
  outcome: z.enum(['finished', 'diverged', 'paused']),
  /** Where and how it diverged. */
  failure: z.string().nullable(),
  curve: z.array(epochMetricsSchema),
  /** Of this attempt: the time since an earlier attempt's checkpoint. */
  trainingSeconds: z.number().min(0),
  versions: versionsSchema,
  /** Absent where it is not finished. */
  weightsFile: z.string().nullable(),
  savedModelDirectory: z.string().nullable(),
  /** Absent where no event files are written. */
  eventsDirectory: z.string().nullable(),
  /** Its test, which the session that trained it takes the least for; absent where it is not finished. */
  evaluation: testResultSchema.nullable(),
});

export type TrainingResult = z.infer<typeof trainingResultSchema>;

/** What a child process is told while it trains: to end after the epoch that it is in. */
export const pauseSchema = z.strictObject({ kind: z.literal('pause') });

const checkpointSchema = z.strictObject({
  /** Finished epochs. */
  epochs: z.int().min(0),
  /** Its file, which goes when two newer ones are there. */
  path: z.string(),
});

/** The state of a run after an epoch, or in the midst of a long one, in a file of its work directory. */
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

/** What a child process says. */
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
