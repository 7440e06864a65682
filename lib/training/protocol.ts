import { z } from 'zod';
import { rule } from '../core/validation.ts';
import { largestImage } from '../datasets/own-source.ts';

const positiveInteger = z.int().positive();
const mostEpochs = 100_000;
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const fraction = z.number().min(0).max(1);
const increasingPair = (what: string, low: number, high: number) =>
  z
    .tuple([z.number().min(low).max(high), z.number().min(low).max(high)])
    .refine(([a, b]) => a <= b, rule(`${what} must be [low, high] with low <= high`));

export const optimizerSchema = z.strictObject({
  learningRate: z.number().positive().max(1000).default(0.1).describe('base learning rate'),
  momentum: fraction.default(0.9),
  nesterov: z.boolean().default(true).describe('whether Nesterov momentum is used, as pycls does by default'),
  weightDecay: z
    .number()
    .min(0)
    .max(1000)
    .default(5e-5)
    .describe('added to the gradient of every parameter, as PyTorch does'),
});

export const scheduleSchema = z.strictObject({
  kind: z.enum(['cosine', 'step', 'constant']).default('cosine'),
  per: z
    .enum(['epoch', 'step'])
    .default('epoch')
    .describe('when the rate changes: at the start of an epoch, or at every step'),
  warmupEpochs: z
    .number()
    .min(0)
    .max(mostEpochs)
    .default(0)
    .describe('epochs of linear warm-up, starting at warmupFactor times the rate'),
  warmupFactor: fraction.default(0.1),
  minimumFactor: fraction.default(0).describe('cosine: final rate as a fraction of the base rate'),
  stepEpochs: z
    .array(positiveInteger.max(mostEpochs))
    .max(1000)
    .default([])
    .describe('step: epochs after which the rate is multiplied by stepFactor'),
  stepFactor: fraction.default(0.1),
});

const batchNormSchema = z.strictObject({
  momentum: fraction.default(0.1).describe("PyTorch's: running = (1 - momentum) running + momentum batch"),
  epsilon: z.number().positive().max(1).default(1e-5),
  preciseImages: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(8192)
    .describe(
      'training images, rounded up to whole batches, for precise statistics before evaluation; 0 uses the running statistics',
    ),
});

const cropSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('random-sized'),
    area: increasingPair('area', 1e-3, 1).default([0.08, 1]).describe('fraction of the image'),
    aspectRatio: increasingPair('aspectRatio', 0.1, 10)
      .default([3 / 4, 4 / 3])
      .describe('width / height'),
  }),
  z.strictObject({
    kind: z.literal('pad'),
    padding: positiveInteger.max(1024).default(4).describe('zero pixels on each side'),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

/** Adds the kind that its fields imply to a crop that names none. */
const withKind = (crop: unknown): unknown =>
  isObject(crop) && !('kind' in crop) ? { kind: 'padding' in crop ? 'pad' : 'random-sized', ...crop } : crop;

export const augmentationSchema = z.strictObject({
  crop: z.preprocess(withKind, cropSchema).prefault({}),
  horizontalFlip: z.boolean().default(true),
  pcaLighting: z.number().min(0).max(100).default(0.1).describe('standard deviation of the lighting noise; 0 for none'),
});

export const precisionSchema = z.enum(['float32', 'tf32', 'bfloat16', 'float16']);

/** Dynamic loss scaling as in torch.amp.GradScaler: halved when a gradient overflows, doubled after an interval without overflow. */
const lossScalingSchema = z.strictObject({
  initial: z
    .number()
    .positive()
    .max(3.4e38)
    .default(65536)
    .describe('factor of the loss in the first step, within the range of float32'),
  growthInterval: positiveInteger
    .max(1_000_000_000)
    .default(2000)
    .describe('steps without overflow after which the factor is doubled'),
});

/** Everything about training and testing a network except the network, the dataset and the seed. */
export const protocolSchema = z
  .strictObject({
    epochs: positiveInteger.max(mostEpochs),
    batchSize: z
      .int()
      .min(2, { error: 'must be at least 2: batch normalization has no variance over one image' })
      .max(65_536)
      .default(128),
    optimizer: optimizerSchema.prefault({}),
    schedule: scheduleSchema.prefault({}),
    labelSmoothing: z.number().min(0).lt(1).default(0),
    batchNorm: batchNormSchema.prefault({}),
    augmentation: augmentationSchema.prefault({}),
    imageSize: positiveInteger
      .max(largestImage)
      .optional()
      .describe('pixels: side of the images that the network sees; if absent, the size of the prepared images'),
    testShortSide: positiveInteger
      .max(largestImage)
      .optional()
      .describe(
        'pixels: test images are resized to this short side, then center-cropped to imageSize; if absent, imageSize',
      ),
    precision: z
      .enum([...precisionSchema.options, 'auto'])
      .default('float32')
      .describe(
        'auto chooses the fastest precision that the device supports; the record of a run says which one was used',
      ),
    allowedPrecisions: z
      .array(precisionSchema)
      .min(1)
      .optional()
      .describe('precisions that auto may choose from; if absent, all'),
    lossScaling: lossScalingSchema
      .optional()
      .describe(
        'dynamic loss scaling, which keeps small gradients from vanishing; if absent, only float16 uses it, with the defaults',
      ),
    xla: z.boolean().default(false).describe('whether XLA auto-clustering is used'),
  })
  .superRefine((protocol, context) => {
    const { schedule, epochs, imageSize, testShortSide, precision, allowedPrecisions } = protocol;
    if (allowedPrecisions !== undefined && precision !== 'auto')
      context.addIssue({
        code: 'custom',
        path: ['allowedPrecisions'],
        message: `must be absent unless precision is "auto", got precision ${JSON.stringify(precision)}`,
      });
    if (imageSize !== undefined && testShortSide !== undefined && testShortSide < imageSize)
      context.addIssue({
        code: 'custom',
        path: ['testShortSide'],
        message: `must be at least imageSize (${imageSize}), got ${testShortSide}`,
      });
    if (schedule.warmupEpochs > epochs)
      context.addIssue({
        code: 'custom',
        path: ['schedule', 'warmupEpochs'],
        message: `must be at most epochs (${epochs}), got ${schedule.warmupEpochs}`,
      });
    if (schedule.kind === 'step' && schedule.stepEpochs.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['schedule', 'stepEpochs'],
        message: 'must name at least one epoch for a step schedule',
      });
  });

export type TrainingProtocol = z.infer<typeof protocolSchema>;
/** A protocol on a device, with the precision that is used there. */
export type RunningProtocol = Omit<TrainingProtocol, 'precision' | 'allowedPrecisions'> & { precision: Precision };
export type Augmentation = z.infer<typeof augmentationSchema>;
export type Precision = z.infer<typeof precisionSchema>;
export type LossScaling = z.infer<typeof lossScalingSchema>;

/** Returns the loss scaling that a protocol trains with; undefined for none. */
export function lossScalingOf({
  precision,
  lossScaling,
}: Pick<RunningProtocol, 'precision' | 'lossScaling'>): LossScaling | undefined {
  return lossScaling ?? (precision === 'float16' ? lossScalingSchema.parse({}) : undefined);
}

/**
 * Replaces some fields of a protocol document: objects are merged field by field, except a `crop`, which is replaced as a whole because its
 * kinds have different fields.
 */
export function mergedProtocol(protocol: TrainingProtocol, overrides: Record<string, unknown>): unknown {
  return merged(protocol, overrides, (field) => field === 'crop');
}

/** Replaces some fields of a JSON document: objects are merged field by field, except those that are replaced as a whole. */
export function merged(base: unknown, overrides: unknown, isWhole: (field: string) => boolean = () => false): unknown {
  if (!isObject(base) || !isObject(overrides)) return overrides;
  const replaced = Object.entries(overrides).map(([key, value]): [string, unknown] => [
    key,
    isWhole(key) || !Object.hasOwn(base, key) ? value : merged(base[key], value, isWhole),
  ]);
  return Object.fromEntries([...Object.entries(base), ...replaced]);
}
