import { z } from 'zod';
import { rule } from '../core/validation.ts';
import { blockNames, defaultBlock } from './blocks.ts';
import { integerDistributionSchema, numberDistributionSchema, type Distribution } from './distribution.ts';
import { defaultStem, stemNames } from './stems.ts';

/** Maximum of channels, strides and other whole numbers of a stage: eight times the widest network that a GPU can hold. */
export const widest = 65_536;

/** Maximum number of stages. */
export const mostStages = 64;

const positiveInteger = z.int().positive().max(widest);

/** Maximum number of blocks in a stage: more than the deepest networks ever trained have (ResNet-1001 has 333 in total). */
export const deepestStage = 1000;
const stem = z
  .enum(stemNames)
  .default(defaultStem)
  .describe('3x3 convolution with stride 2 (simple_stem_in) or stride 1 (res_stem_cifar)');
const stemWidth = positiveInteger.default(32).describe('channels of the stem');
const blockType = z
  .enum(blockNames)
  .default(defaultBlock)
  .describe('only the bottleneck block has bottleneck ratios and group widths');

/** An inclusive range of a complexity; absent ends are open. */
const windowSchema = z
  .strictObject({ low: z.number().min(0).optional(), high: z.number().positive().optional() })
  .refine(
    ({ low, high }) => low === undefined || high === undefined || low <= high,
    rule('is empty: low must be at most high'),
  )
  .meta({ id: 'window' });

const complexitySchema = z
  .strictObject({
    flops: windowSchema.optional().describe('multiply-adds of one image'),
    params: windowSchema.optional(),
    acts: windowSchema.optional().describe('output elements of the convolutions and the linear layer'),
    imageSize: positiveInteger
      .max(4096)
      .default(224)
      .describe('pixels: side of the images for which the complexity is computed'),
    channels: z.int().min(1).max(4).default(3).describe('channels of the images for which the complexity is computed'),
    classes: z
      .int()
      .min(2)
      .max(100_000)
      .default(1000)
      .describe('number of classes for which the complexity is computed'),
  })
  .meta({ id: 'complexity' });

/** One distribution that every stage draws from independently, or a list with one distribution per stage. */
const perStage = z.union([integerDistributionSchema, z.array(integerDistributionSchema).min(1)]);

/** AnyNetX and related spaces: every stage draws its parameters independently (Radosavovic et al. 2020, section 3.2). */
const anyNetSchema = z
  .strictObject({
    kind: z.literal('anynet'),
    blockType,
    stem,
    stemWidth,
    strides: z
      .array(positiveInteger)
      .min(1)
      .max(mostStages)
      .default([2, 2, 2, 2])
      .describe('one per stage; the length of the list is the number of stages'),
    depth: perStage.default({ kind: 'log-uniform', low: 1, high: 16, quantum: 1 }).describe('blocks per stage'),
    width: perStage.default({ kind: 'log-uniform', low: 8, high: 1024, quantum: 8 }).describe('channels per stage'),
    bottleneckRatio: perStage
      .default({ kind: 'power-of-2', low: 1, high: 4, quantum: 1 })
      .describe('width of the block / width of its 3x3 convolution'),
    groupWidth: perStage.default({ kind: 'power-of-2', low: 1, high: 32, quantum: 1 }).describe('channels per group'),
    complexity: complexitySchema.prefault({}),
  })
  .superRefine((space, context) => {
    for (const field of ['depth', 'width', 'bottleneckRatio', 'groupWidth'] as const) {
      const distributions = space[field];
      if (Array.isArray(distributions) && distributions.length !== space.strides.length)
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `must have one distribution for each of the ${space.strides.length} stages of strides, got ${distributions.length}`,
        });
    }
    const deepest = Math.max(...[space.depth].flat().flatMap((depth) => numbersIn(depth, 'high')));
    if (deepest > deepestStage)
      context.addIssue({
        code: 'custom',
        path: ['depth'],
        message: `must be at most ${deepestStage} blocks, got ${deepest}`,
      });
  })
  .meta({ id: 'anynet-space' });

/** The values of a distribution, or the named numbers of its range. */
function numbersIn(distribution: Distribution, ...names: ('low' | 'high' | 'quantum')[]): number[] {
  return distribution.kind === 'values' ? distribution.values : names.map((name) => distribution[name]);
}

/** RegNetX: quantized widths from an initial width, a slope and a multiplier (pycls `models/regnet.py`, `sweep/samplers.py`). */
const regNetSchema = z
  .strictObject({
    kind: z.literal('regnet'),
    blockType,
    stem,
    stemWidth,
    stride: positiveInteger.default(2).describe('stride of every stage'),
    stages: z
      .strictObject({ low: positiveInteger, high: positiveInteger })
      .refine(({ low, high }) => low <= high, rule('is empty: low must be at most high'))
      .default({ low: 4, high: 4 })
      .describe('draws with fewer or more stages are rejected'),
    depth: integerDistributionSchema
      .refine(
        (drawn) => numbersIn(drawn, 'high').every((number) => number <= deepestStage),
        rule(`must be at most ${deepestStage} blocks`),
      )
      .default({ kind: 'uniform', low: 12, high: 28, quantum: 1 })
      .describe('blocks in all stages together'),
    initialWidth: integerDistributionSchema
      .refine(
        (drawn) => numbersIn(drawn, 'low', 'quantum').every((number) => number % 8 === 0),
        rule('must give multiples of 8: values, or low and quantum'),
      )
      .default({ kind: 'log-uniform', low: 8, high: 256, quantum: 8 })
      .describe('w0, in channels; a multiple of 8'),
    slope: numberDistributionSchema
      .default({ kind: 'log-uniform', low: 8, high: 256, quantum: 0.1 })
      .describe('wa, in channels per block'),
    multiplier: numberDistributionSchema
      .refine((drawn) => numbersIn(drawn, 'low').every((number) => number > 1), rule('must give numbers above 1'))
      .default({ kind: 'log-uniform', low: 2, high: 3, quantum: 0.001 })
      .describe('wm, above 1'),
    bottleneckRatio: integerDistributionSchema.default({ kind: 'values', values: [1] }),
    groupWidth: integerDistributionSchema
      .default({ kind: 'power-of-2-or-log-uniform', low: 8, high: 128, quantum: 8 })
      .describe('channels per group; reduced to the bottleneck width if that is smaller'),
    complexity: complexitySchema.prefault({}),
  })
  .meta({ id: 'regnet-space' });

/** A design space: the networks that can be drawn, their probabilities, and the windows in which they are kept. */
export const designSpaceSchema = z.discriminatedUnion('kind', [anyNetSchema, regNetSchema]);

export type { Distribution } from './distribution.ts';
export type AnyNetSpace = z.infer<typeof anyNetSchema>;
export type RegNetSpace = z.infer<typeof regNetSchema>;
export type DesignSpace = z.infer<typeof designSpaceSchema>;
export type DesignSpaceInput = z.input<typeof designSpaceSchema>;
