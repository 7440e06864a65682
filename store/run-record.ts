import { z } from 'zod';
import { epochMetricsSchema, evaluationMetricsSchema } from '../training/metrics.ts';
import { protocolSchema } from '../training/protocol.ts';

export const outcomes = ['finished', 'diverged', 'failed'] as const;

/** The record of one training run: what was trained, on what, how, and what came of it. */
export const runRecordSchema = z.strictObject({
  format: z.literal(1),
  runKey: z.string(),
  study: z.string(),
  /** Name of the architecture in its population, e.g. `arch-017`. */
  architectureName: z.string(),
  architecture: z.record(z.string(), z.unknown()),
  complexity: z.strictObject({ flops: z.int(), params: z.int(), acts: z.int() }),
  /** Label of the dataset selection, e.g. `fashion-mnist/5-classes`. */
  dataset: z.string(),
  datasetDigest: z.string(),
  protocol: protocolSchema,
  seed: z.int(),
  versions: z.record(z.string(), z.string()).describe('of the engine, TensorFlow, Node and the device'),
  /** `diverged`: the loss became NaN or infinite, which no retry mends. `failed`: every attempt ended in a failure. */
  outcome: z.enum(outcomes),
  failure: z.string().nullable(),
  curve: z.array(epochMetricsSchema),
  validation: evaluationMetricsSchema.nullable(),
  test: evaluationMetricsSchema.nullable(),
  timings: z.strictObject({
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    trainingSeconds: z.number().min(0),
    evaluationSeconds: z.number().min(0),
  }),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
