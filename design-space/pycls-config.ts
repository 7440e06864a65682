import { z } from 'zod';
import { parseWith } from '../study/config.ts';
import { blockTypes, stems, type Architecture, type NetworkInput } from './architecture.ts';
import { regNetStages } from './regnet.ts';

const positive = z.int().positive();
const list = z.array(positive).min(1);
const stemType = z.enum(stems, { error: `must be one of ${stems.join(', ')}: other stems are not supported` });
const blockType = z.enum(blockTypes, {
  error: `must be one of ${blockTypes.join(', ')}: other blocks are not supported`,
});

/** pycls' bottleneck multiplier, width of the 3x3 convolution / width of the block, as the whole ratio that it is 1 over. */
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

/** What both model types have, and what of it is not supported here. */
const common = {
  STEM_TYPE: stemType.default('simple_stem_in'),
  STEM_W: positive.default(32),
  BLOCK_TYPE: blockType.default('res_bottleneck_block'),
  SE_ON: z.literal(false, { error: 'must be False: squeeze-and-excitation is not supported' }).default(false),
  HEAD_W: z.literal(0, { error: 'must be 0: a convolution in the head is not supported' }).default(0),
};

const anyNetSchema = z
  .looseObject({
    ...common,
    DEPTHS: list,
    WIDTHS: list,
    STRIDES: list,
    BOT_MULS: z.array(bottleneckRatio).default([]),
    GROUP_WS: z.array(positive).default([]),
  })
  .superRefine((config, context) => {
    if (config.BLOCK_TYPE !== 'res_bottleneck_block') return;
    for (const field of ['BOT_MULS', 'GROUP_WS'] as const)
      if (config[field].length !== config.DEPTHS.length)
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `must have one entry for each of the ${config.DEPTHS.length} stages of DEPTHS, got ${config[field].length}`,
        });
  });

const regNetSchema = z.looseObject({
  ...common,
  DEPTH: positive.default(10),
  W0: positive.multipleOf(8).default(32),
  WA: z.number().min(0).default(5),
  WM: z.number().gt(1).default(2.5),
  GROUP_W: positive.default(16),
  BOT_MUL: bottleneckRatio.prefault(1),
  STRIDE: positive.default(2),
});

const modelSchema = z.looseObject({
  TYPE: z.enum(['anynet', 'regnet'], { error: 'must be anynet or regnet' }),
  NUM_CLASSES: positive.optional(),
  ACTIVATION_FUN: z.literal('relu', { error: 'must be relu: no other is supported' }).default('relu'),
});
const trainSchema = z.looseObject({ IM_SIZE: positive.optional() }).prefault({});

/** What a pycls config says of a network; the architecture's own rules are not checked yet. */
interface PyclsNetwork {
  architecture: Architecture;
  network: Partial<NetworkInput>;
}

/**
 * The network of a pycls config (`pycls/core/config.py`, with its defaults).
 * @throws ConfigError that begins with `what` and names the fields that do not hold or are not supported
 */
export function networkOfPyclsConfig(document: unknown, what: string): PyclsNetwork {
  const { MODEL, TRAIN } = parseWith(z.looseObject({ MODEL: modelSchema, TRAIN: trainSchema }), document, what);
  const architecture =
    MODEL.TYPE === 'anynet'
      ? architectureOfAnyNet(parseWith(z.looseObject({ ANYNET: anyNetSchema }), document, what).ANYNET)
      : architectureOfRegNet(parseWith(z.looseObject({ REGNET: regNetSchema.prefault({}) }), document, what).REGNET);
  return {
    architecture,
    network: {
      ...(TRAIN.IM_SIZE === undefined ? {} : { imageSize: TRAIN.IM_SIZE }),
      ...(MODEL.NUM_CLASSES === undefined ? {} : { classes: MODEL.NUM_CLASSES }),
    },
  };
}

function architectureOfAnyNet(config: z.infer<typeof anyNetSchema>): Architecture {
  return architectureOf(config, {
    depths: config.DEPTHS,
    widths: config.WIDTHS,
    strides: config.STRIDES,
    bottleneckRatios: config.BOT_MULS,
    groupWidths: config.GROUP_WS,
  });
}

function architectureOfRegNet(config: z.infer<typeof regNetSchema>): Architecture {
  const { depths, widths, bottleneckRatios, groupWidths } = regNetStages({
    depth: config.DEPTH,
    initialWidth: config.W0,
    slope: config.WA,
    multiplier: config.WM,
    bottleneckRatio: config.BOT_MUL,
    groupWidth: config.GROUP_W,
  });
  const strides = depths.map(() => config.STRIDE);
  return architectureOf(config, { depths, widths, strides, bottleneckRatios, groupWidths });
}

type Stages = Pick<Architecture, 'depths' | 'widths' | 'strides' | 'bottleneckRatios' | 'groupWidths'>;

/** With ones in place of the ratios and group widths of blocks that have none. */
function architectureOf(
  { STEM_TYPE, STEM_W, BLOCK_TYPE }: z.infer<typeof anyNetSchema> | z.infer<typeof regNetSchema>,
  stages: Stages,
): Architecture {
  const ones = stages.depths.map(() => 1);
  return {
    stem: STEM_TYPE,
    stemWidth: STEM_W,
    blockType: BLOCK_TYPE,
    ...stages,
    ...(BLOCK_TYPE === 'res_bottleneck_block' ? {} : { bottleneckRatios: ones, groupWidths: ones }),
  };
}
