import { z } from 'zod';
import { blockNames, blocks, defaultBlock } from './blocks.ts';
import { deepestStage, mostStages, widest } from './space-config.ts';
import { stemNames } from './stems.ts';

const positive = z.int().positive().max(widest);
const perStage = z.array(positive).min(1).max(mostStages);

/**
 * A network of an AnyNet design space (pycls, `pycls/models/anynet.py`): a stem, stages of equal blocks, and a linear head on
 * the global average. Arrays have one entry per stage.
 */
export const architectureSchema = z
  .strictObject({
    stem: z.enum(stemNames),
    stemWidth: positive,
    blockType: z.enum(blockNames).default(defaultBlock),
    /** Blocks. */
    depths: z.array(z.int().positive().max(deepestStage)).min(1).max(mostStages),
    /** Channels. */
    widths: perStage,
    /** Stride of a stage's first block. */
    strides: perStage,
    /** Block width / width of its 3x3 convolution; becomes 1 for blocks without a bottleneck. */
    bottleneckRatios: perStage,
    /** Channels per group of the 3x3 convolution; becomes 1 for blocks without a bottleneck. */
    groupWidths: perStage,
  })
  .superRefine((architecture, context) => {
    const { depths, widths, bottleneckRatios, groupWidths, blockType } = architecture;
    for (const field of ['widths', 'strides', 'bottleneckRatios', 'groupWidths'] as const)
      if (architecture[field].length !== depths.length)
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `must have one entry for each of the ${depths.length} stages of depths, got ${architecture[field].length}`,
        });
    if (context.issues.length > 0 || !blocks[blockType].hasBottleneck) return;
    widths.forEach((width, stage) => {
      const ratio = bottleneckRatios[stage]!;
      const groupWidth = groupWidths[stage]!;
      if (width % ratio !== 0)
        context.addIssue({
          code: 'custom',
          path: ['widths', stage],
          message: `of stage ${stage + 1} must be divisible by its bottleneck ratio (${ratio}), got ${width}`,
        });
      else if ((width / ratio) % groupWidth !== 0)
        context.addIssue({
          code: 'custom',
          path: ['groupWidths', stage],
          message: `of stage ${stage + 1} must divide the width of its 3x3 convolution (${width} / ${ratio} = ${width / ratio}), got ${groupWidth}`,
        });
    });
  })
  .transform((architecture) => {
    if (blocks[architecture.blockType].hasBottleneck) return architecture;
    const ones = architecture.depths.map(() => 1);
    return { ...architecture, bottleneckRatios: ones, groupWidths: ones };
  });

export type Architecture = z.infer<typeof architectureSchema>;

/** Returns the identity of an architecture as text: the fields that define the network, in an order that new fields do not change. */
export function architectureIdentity(architecture: Architecture): string {
  const { stem, stemWidth, blockType, depths, widths, strides, bottleneckRatios, groupWidths } = architecture;
  return JSON.stringify([stem, stemWidth, blockType, depths, widths, strides, bottleneckRatios, groupWidths]);
}

/** The input that a network is built for: the images it sees and the classes it distinguishes. */
export interface NetworkInput {
  /** Pixels: side of the square images. */
  imageSize: number;
  /** Channels of the images, 1 to 4. */
  channels: number;
  classes: number;
}
