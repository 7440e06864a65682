import type { Distribution } from './distribution.ts';
import type { RandomStream } from '../core/random.ts';
import type { AnyNetSpace, DesignSpace, RegNetSpace } from './space-config.ts';
import type { Architecture } from './architecture.ts';
import { blocks } from './blocks.ts';
import { generatorOf, type Generator } from './generators.ts';
import { regNetStages } from './regnet.ts';

/** The rules of a space that a draw can break; they are checked before its complexity. */
export const brokenRules = {
  bottleneck: 'a width is not divisible by its bottleneck ratio',
  group: 'the width of a 3x3 convolution is not divisible by its group width',
  stages: 'the widths form too few or too many stages, or skip one',
} as const;
export type BrokenRule = keyof typeof brokenRules;

/** One draw of all parameters of a space: an architecture, or the first rule that it breaks. */
export type Draw = (rng: RandomStream) => Architecture | BrokenRule;

/** Returns the function that draws from a space. Every draw takes all its parameters from the stream, even if it is then rejected. */
export function drawFrom(space: DesignSpace): Draw {
  return space.kind === 'anynet' ? drawFromAnyNet(space) : drawFromRegNet(space);
}

function drawFromAnyNet(space: AnyNetSpace): Draw {
  const { stem, stemWidth, blockType, strides } = space;
  const stages = strides.length;
  const { hasBottleneck } = blocks[blockType];
  const generators = (distributions: Distribution | Distribution[]): Generator[] =>
    strides.map((_, stage) => generatorOf(Array.isArray(distributions) ? distributions[stage]! : distributions));
  const parameters = [
    generators(space.depth),
    generators(space.width),
    ...(hasBottleneck ? [generators(space.bottleneckRatio), generators(space.groupWidth)] : []),
  ].flat();
  const drawn = new Array<number>(4 * stages).fill(1); // depths, widths, ratios, group widths, by stage

  return (rng) => {
    for (let i = 0; i < parameters.length; i++) drawn[i] = parameters[i]!(rng);
    for (let stage = 0; stage < stages; stage++) {
      const width = drawn[stages + stage]!;
      const ratio = drawn[2 * stages + stage]!;
      if (width % ratio !== 0) return 'bottleneck';
      if ((width / ratio) % drawn[3 * stages + stage]! !== 0) return 'group';
    }
    return {
      stem,
      stemWidth,
      blockType,
      depths: drawn.slice(0, stages),
      widths: drawn.slice(stages, 2 * stages),
      strides: [...strides],
      bottleneckRatios: drawn.slice(2 * stages, 3 * stages),
      groupWidths: drawn.slice(3 * stages),
    };
  };
}

function drawFromRegNet(space: RegNetSpace): Draw {
  const { stem, stemWidth, blockType, stride } = space;
  const { hasBottleneck } = blocks[blockType];
  const depth = generatorOf(space.depth);
  const initialWidth = generatorOf(space.initialWidth);
  const slope = generatorOf(space.slope);
  const multiplier = generatorOf(space.multiplier);
  const groupWidth = hasBottleneck ? generatorOf(space.groupWidth) : () => 1;
  const bottleneckRatio = hasBottleneck ? generatorOf(space.bottleneckRatio) : () => 1;

  return (rng) => {
    const stages = regNetStages({
      depth: depth(rng),
      initialWidth: initialWidth(rng),
      slope: slope(rng),
      multiplier: multiplier(rng),
      groupWidth: groupWidth(rng),
      bottleneckRatio: bottleneckRatio(rng),
    });
    const count = stages.depths.length;
    if (stages.steps !== count || count < space.stages.low || count > space.stages.high) return 'stages';
    return {
      stem,
      stemWidth,
      blockType,
      depths: stages.depths,
      widths: stages.widths,
      strides: stages.depths.map(() => stride),
      bottleneckRatios: stages.bottleneckRatios,
      groupWidths: stages.groupWidths,
    };
  };
}
