import { z } from 'zod';
import { architectureSchema } from '../../design-space/architecture.ts';
import { epochMetricsSchema, testResultSchema, trainingProgressSchema } from '../metrics.ts';
import { protocolSchema } from '../protocol.ts';
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
});

export type TrainingTask = z.infer<typeof trainingTaskSchema>;

/** What a child process is told to do. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('train'), task: trainingTaskSchema }),
  z.strictObject({ kind: z.literal('evaluate'), task: trainingTaskSchema, weightsFile: z.string() }),
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
  /** Epochs trained. */
  epochs: z.int().positive(),
  /** Its file, which goes when two newer ones are there. */
  path: z.string(),
});

/** The state of a run after an epoch, in a file of its work directory. */
export type CheckpointFile = z.infer<typeof checkpointSchema>;

/** What a child process says. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('log'), line: z.string() }),
  z.strictObject({ kind: z.literal('progress'), progress: trainingProgressSchema }),
  z.strictObject({ kind: z.literal('checkpoint'), checkpoint: checkpointSchema }),
  z.strictObject({ kind: z.literal('trained'), result: trainingResultSchema }),
  z.strictObject({ kind: z.literal('evaluated'), result: evaluationResultSchema }),
  z.strictObject({ kind: z.literal('failed'), failure: z.enum(failureKinds), message: z.string() }),
]);

export type Order = z.infer<typeof orderSchema>;
export type Report = z.infer<typeof reportSchema>;
