import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';
import { deepestStage } from './space-config.ts';
import { architectureSchema, type Architecture, type NetworkInput } from './architecture.ts';
import { blockNames, blocks, defaultBlock } from './blocks.ts';
import { regNetStages } from './regnet.ts';
import { defaultStem, stemNames } from './stems.ts';

const positive = z.int().positive();
const list = z.array(positive).min(1);
const stemType = z.enum(stemNames, { error: `must be one of ${stemNames.join(', ')}: other stems are not supported` });
const blockType = z.enum(blockNames, {
  error: `must be one of ${blockNames.join(', ')}: other blocks are not supported`,
});

/** Converts the bottleneck multiplier of pycls, width of the 3x3 convolution / width of the block, to its reciprocal, a whole ratio. */
const bottleneckRatio = z
  .number()
  .positive()
  .transform((multiplier, context) => {
    const ratio = Math.round(1 / multiplier);
    if (ratio >= 1 && Math.abs(ratio * multiplier - 1) < 1e-6) return ratio;
    context.issues.push({
      code: 'custom',
      message: 'must be 1 over a whole bottleneck ratio, such as 1, 0.5 or 0.25',
      input: multiplier,
    });
    return z.NEVER;
  });

/** Fields of both model types, including those that are not supported here. */
const common = {
  STEM_TYPE: stemType.default(defaultStem),
  STEM_W: positive.default(32),
  BLOCK_TYPE: blockType.default(defaultBlock),
  SE_ON: z.literal(false, { error: 'must be False: squeeze-and-excitation is not supported' }).default(false),
  SE_R: z.unknown().optional(),
  HEAD_W: z.literal(0, { error: 'must be 0: a convolution in the head is not supported' }).default(0),
};

/** Removes multipliers and group widths from configs of blocks without a bottleneck, for which pycls ignores them. */
function withoutUnread(config: unknown): unknown {
  const type = z.looseObject({ BLOCK_TYPE: z.enum(blockNames) }).safeParse(config);
  return type.success && !blocks[type.data.BLOCK_TYPE].hasBottleneck
    ? { ...type.data, BOT_MULS: undefined, GROUP_WS: undefined }
    : config;
}

const anyNetSchema = z.preprocess(
  withoutUnread,
  z
    .strictObject({
      ...common,
      DEPTHS: list,
      WIDTHS: list,
      STRIDES: list,
      BOT_MULS: z.array(bottleneckRatio).default([]),
      GROUP_WS: z.array(positive).default([]),
    })
    .superRefine((config, context) => {
      if (!blocks[config.BLOCK_TYPE].hasBottleneck) return;
      for (const field of ['BOT_MULS', 'GROUP_WS'] as const)
        if (config[field].length !== config.DEPTHS.length)
          context.addIssue({
            code: 'custom',
            path: [field],
            message: `must have one entry for each of the ${config.DEPTHS.length} stages of DEPTHS, got ${config[field].length}`,
          });
    }),
);

const regNetSchema = z.strictObject({
  ...common,
  DEPTH: positive.max(deepestStage).default(10),
  W0: positive.multipleOf(8).default(32),
  WA: z.number().min(0).default(5),
  WM: z.number().gt(1).default(2.5),
  GROUP_W: positive.default(16),
  BOT_MUL: bottleneckRatio.prefault(1),
  STRIDE: positive.default(2),
});

const modelSchema = z.strictObject({
  TYPE: z.enum(['anynet', 'regnet'], { error: 'must be anynet or regnet' }),
  NUM_CLASSES: z.int().min(2).default(10),
  SCALING_FACTOR: z.literal(1, { error: 'must be 1: scaled networks are not supported' }).default(1),
  SCALING_TYPE: z.unknown().optional(),
  DEPTH: z.unknown().optional(),
  LOSS_FUN: z.unknown().optional(),
  ACTIVATION_INPLACE: z.unknown().optional(),
  ACTIVATION_FUN: z.literal('relu', { error: 'must be relu: other activations are not supported' }).default('relu'),
});
/** Only the fields that define a network's input are read from these sections; other sections define the training. */
const trainSchema = z.looseObject({ IM_SIZE: positive.default(224) }).prefault({});

/** A network as a pycls config defines it. */
interface PyclsNetwork {
  architecture: Architecture;
  network: Pick<NetworkInput, 'imageSize' | 'classes'>;
}

/**
 * Returns the network of a pycls config (`pycls/core/config.py`, with its defaults).
 * @throws ConfigError that begins with `what` and names the fields that are invalid or unsupported
 */
export function networkOfPyclsConfig(document: unknown, what: string): PyclsNetwork {
  const { MODEL, TRAIN } = parseWith(z.looseObject({ MODEL: modelSchema, TRAIN: trainSchema }), document, what);
  const architecture =
    MODEL.TYPE === 'anynet' ? architectureOfAnyNet(document, what) : architectureOfRegNet(document, what);
  return { architecture, network: { imageSize: TRAIN.IM_SIZE, classes: MODEL.NUM_CLASSES } };
}

function architectureOfAnyNet(document: unknown, what: string): Architecture {
  const { ANYNET: config } = parseWith(z.looseObject({ ANYNET: anyNetSchema }), document, what);
  const ones = config.DEPTHS.map(() => 1);
  const { hasBottleneck } = blocks[config.BLOCK_TYPE];
  const stages = {
    depths: config.DEPTHS,
    widths: config.WIDTHS,
    strides: config.STRIDES,
    bottleneckRatios: hasBottleneck ? config.BOT_MULS : ones,
    groupWidths: hasBottleneck ? config.GROUP_WS : ones,
  };
  try {
    return parseWith(architectureSchema, architectureOf(config, stages), what);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      what,
      error.problems.map((problem) =>
        problem.replace(/^\w+/, (field) => `ANYNET.${anyNetFields[field as keyof Stages]}`),
      ),
    );
  }
}

function architectureOfRegNet(document: unknown, what: string): Architecture {
  const { REGNET: config } = parseWith(z.looseObject({ REGNET: regNetSchema }), document, what);
  const { depths, widths, bottleneckRatios, groupWidths } = regNetStages({
    depth: config.DEPTH,
    initialWidth: config.W0,
    slope: config.WA,
    multiplier: config.WM,
    bottleneckRatio: config.BOT_MUL,
    groupWidth: config.GROUP_W,
  });
  const strides = depths.map(() => config.STRIDE);
  const stages = { depths, widths, strides, bottleneckRatios, groupWidths };
  return parseWith(architectureSchema, architectureOf(config, stages), what);
}

type Stages = Pick<Architecture, 'depths' | 'widths' | 'strides' | 'bottleneckRatios' | 'groupWidths'>;

/** The names of an architecture's fields in `ANYNET`. */
const anyNetFields: Record<keyof Stages, string> = {
  depths: 'DEPTHS',
  widths: 'WIDTHS',
  strides: 'STRIDES',
  bottleneckRatios: 'BOT_MULS',
  groupWidths: 'GROUP_WS',
};

function architectureOf(
  { STEM_TYPE, STEM_W, BLOCK_TYPE }: z.infer<typeof anyNetSchema> | z.infer<typeof regNetSchema>,
  stages: Stages,
): z.input<typeof architectureSchema> {
  return { stem: STEM_TYPE, stemWidth: STEM_W, blockType: BLOCK_TYPE, ...stages };
}
