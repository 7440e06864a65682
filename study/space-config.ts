import { z } from 'zod';

const positiveInteger = z.int().positive();

/** A distribution of positive integers, with pycls' names (`pycls/sweep/random.py`). */
export const distributionSchema = z
  .strictObject({
    kind: z.enum(['uniform', 'log-uniform', 'power-of-2', 'constant']),
    low: positiveInteger,
    high: positiveInteger,
    quantum: positiveInteger.default(1).describe('uniform and log-uniform: values are multiples of this'),
  })
  .superRefine(({ kind, low, high, quantum }, context) => {
    const issue = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (low > high) issue('low', `must be at most high (${high}), got ${low}`);
    if (kind === 'constant' && low !== high) issue('high', `must equal low (${low}) for a constant, got ${high}`);
    if (kind === 'uniform' || kind === 'log-uniform') {
      if (low % quantum !== 0) issue('low', `must be a multiple of quantum (${quantum}), got ${low}`);
      if (high % quantum !== 0) issue('high', `must be a multiple of quantum (${quantum}), got ${high}`);
    }
    if (kind === 'power-of-2')
      for (const [field, value] of [
        ['low', low],
        ['high', high],
      ] as const)
        if (!Number.isInteger(Math.log2(value))) issue(field, `must be a power of 2, got ${value}`);
  });

/** An inclusive range of a complexity; absent ends are open. */
const windowSchema = z
  .strictObject({ low: z.number().min(0).optional(), high: z.number().positive().optional() })
  .refine(({ low, high }) => low === undefined || high === undefined || low <= high, {
    error: 'is empty: low must be at most high',
  });

const windowsFields = {
  flops: windowSchema.optional().describe('multiply-adds of one image'),
  params: windowSchema.optional(),
  acts: windowSchema.optional(),
  imageSize: positiveInteger.default(224).describe('pixels: where the complexity is taken'),
  channels: z.int().min(1).max(4).default(3).describe('channels of the images: where the complexity is taken'),
  classes: z.int().min(2).default(1000).describe('where the complexity is taken'),
};

const anyNetSchema = z.strictObject({
  kind: z.literal('anynet'),
  blockType: z.enum(['res_bottleneck_block', 'res_basic_block', 'vanilla_block']).default('res_bottleneck_block'),
  stem: z.enum(['simple_stem_in', 'res_stem_cifar']).default('simple_stem_in'),
  stemWidth: positiveInteger.default(32),
  strides: z
    .array(positiveInteger)
    .min(1)
    .default([2, 2, 2, 2])
    .describe('one a stage: their number is the number of stages'),
  depth: distributionSchema
    .default({ kind: 'log-uniform', low: 1, high: 16, quantum: 1 })
    .describe('blocks of a stage'),
  width: distributionSchema
    .default({ kind: 'log-uniform', low: 8, high: 1024, quantum: 8 })
    .describe('channels of a stage'),
  bottleneckRatio: distributionSchema.default({ kind: 'power-of-2', low: 1, high: 4, quantum: 1 }),
  groupWidth: distributionSchema.default({ kind: 'power-of-2', low: 1, high: 32, quantum: 1 }).describe('channels'),
  complexity: z.strictObject(windowsFields).prefault({}),
});

/** RegNetX: widths by initial width, slope and multiplier, quantized (pycls `models/regnet.py`). */
const regNetSchema = z.strictObject({
  kind: z.literal('regnet'),
  stem: z.enum(['simple_stem_in', 'res_stem_cifar']).default('simple_stem_in'),
  stemWidth: positiveInteger.default(32),
  stride: positiveInteger.default(2).describe('of every stage'),
  stages: positiveInteger.default(4).describe('draws with another number of stages are rejected'),
  depth: z.strictObject({ low: positiveInteger, high: positiveInteger }).default({ low: 12, high: 28 }),
  initialWidth: distributionSchema
    .default({ kind: 'log-uniform', low: 8, high: 256, quantum: 8 })
    .describe('w0, channels'),
  slope: z
    .strictObject({ low: z.number().positive(), high: z.number().positive() })
    .default({ low: 8, high: 256 })
    .describe('wa'),
  multiplier: z
    .strictObject({ low: z.number().gt(1), high: z.number().gt(1) })
    .default({ low: 2, high: 3 })
    .describe('wm'),
  bottleneckRatio: distributionSchema.default({ kind: 'constant', low: 1, high: 1, quantum: 1 }),
  groupWidth: distributionSchema.default({ kind: 'power-of-2', low: 8, high: 32, quantum: 1 }).describe('channels'),
  complexity: z.strictObject(windowsFields).prefault({}),
});

/** A design space: which networks can be drawn, with which probability. */
export const designSpaceSchema = z.discriminatedUnion('kind', [anyNetSchema, regNetSchema]);

export type Distribution = z.infer<typeof distributionSchema>;
export type AnyNetSpace = z.infer<typeof anyNetSchema>;
export type RegNetSpace = z.infer<typeof regNetSchema>;
export type DesignSpace = z.infer<typeof designSpaceSchema>;
