import type { Architecture } from './architecture.ts';
import type { LayerList } from './layer-list.ts';

/** The shape of a block. */
export interface BlockShape {
  width: number;
  /** Width of the 3x3 convolution of a bottleneck. */
  bottleneckWidth: number;
  groups: number;
  stride: number;
}

/** Appends a block of the given name to a list, reading `input`; returns the name of its output. */
type AppendBlock = (list: LayerList, name: string, input: string, shape: BlockShape) => string;

/** Appends a block, by block type. */
export const appendBlock: Record<Architecture['blockType'], AppendBlock> = {
  res_bottleneck_block: appendBottleneckBlock,
  res_basic_block: appendBasicBlock,
  vanilla_block: appendVanillaBlock,
};

/** The residual bottleneck block of AnyNetX ("X block"): 1x1, grouped 3x3, 1x1. */
function appendBottleneckBlock(list: LayerList, name: string, input: string, shape: BlockShape): string {
  const { width, bottleneckWidth, groups, stride } = shape;
  const shortcut = appendShortcut(list, name, input, shape);
  let output = list.convolution(`${name}.f.a`, input, bottleneckWidth, 1, 1);
  output = list.relu(`${name}.f.a_relu`, list.batchNorm(`${name}.f.a_bn`, output));
  output = list.convolution(`${name}.f.b`, output, bottleneckWidth, 3, stride, groups);
  output = list.relu(`${name}.f.b_relu`, list.batchNorm(`${name}.f.b_bn`, output));
  output = list.convolution(`${name}.f.c`, output, width, 1, 1);
  output = list.batchNorm(`${name}.f.c_bn`, output);
  return list.relu(`${name}.relu`, list.add(`${name}.add`, [shortcut, output]));
}

/** ResNet's basic block: two 3x3 convolutions beside the shortcut. */
function appendBasicBlock(list: LayerList, name: string, input: string, shape: BlockShape): string {
  const { width, stride } = shape;
  const shortcut = appendShortcut(list, name, input, shape);
  let output = list.convolution(`${name}.f.a`, input, width, 3, stride);
  output = list.relu(`${name}.f.a_relu`, list.batchNorm(`${name}.f.a_bn`, output));
  output = list.convolution(`${name}.f.b`, output, width, 3, 1);
  output = list.batchNorm(`${name}.f.b_bn`, output);
  return list.relu(`${name}.relu`, list.add(`${name}.add`, [shortcut, output]));
}

/** Two 3x3 convolutions, without a shortcut. */
function appendVanillaBlock(list: LayerList, name: string, input: string, { width, stride }: BlockShape): string {
  let output = list.convolution(`${name}.a`, input, width, 3, stride);
  output = list.relu(`${name}.a_relu`, list.batchNorm(`${name}.a_bn`, output));
  output = list.convolution(`${name}.b`, output, width, 3, 1);
  return list.relu(`${name}.b_relu`, list.batchNorm(`${name}.b_bn`, output));
}

/** The block's input if it has the shape of the output, else its projection by a strided 1x1 convolution. */
function appendShortcut(list: LayerList, name: string, input: string, { width, stride }: BlockShape): string {
  if (list.output(input).width === width && stride === 1) return input;
  return list.batchNorm(`${name}.bn`, list.convolution(`${name}.proj`, input, width, 1, stride));
}
