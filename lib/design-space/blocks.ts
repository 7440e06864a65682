import type { LayerList } from './layer-list.ts';

/** The shape of a block. */
export interface BlockShape {
  width: number;
  /** Width of the 3x3 convolution of a bottleneck; equal to `width` for blocks without one. */
  bottleneckWidth: number;
  /** Groups of the 3x3 convolution of a bottleneck; 1 for blocks without one. */
  groups: number;
  stride: number;
}

/** A type of block: everything that the project needs to know about it. */
interface BlockType {
  /** Title for readers. */
  title: string;
  /** Whether it has a bottleneck and thus uses bottleneck ratio and group width; both are 1 for other blocks. */
  hasBottleneck: boolean;
  /** Appends a block of the given name, reading `input`; returns the name of its output. */
  append: (list: LayerList, name: string, input: string, shape: BlockShape) => string;
}

/**
 * The block types by their names in pycls (`pycls/models/anynet.py`). A new type is an entry here. If it needs a new kind of layer, that is
 * added to `Layer` in layer-list.ts; the compiler then names the places that must handle it: complexity, the forward and the backward pass.
 */
export const blocks = {
  res_bottleneck_block: { title: 'bottleneck block', hasBottleneck: true, append: appendBottleneckBlock },
  res_basic_block: { title: 'basic block', hasBottleneck: false, append: appendBasicBlock },
  vanilla_block: { title: 'vanilla block', hasBottleneck: false, append: appendVanillaBlock },
} as const satisfies Record<string, BlockType>;

export type BlockName = keyof typeof blocks;

export const blockNames = Object.keys(blocks) as [BlockName, ...BlockName[]];
export const defaultBlock: BlockName = 'res_bottleneck_block';

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

/** Returns the block's input if it has the shape of the output, else its projection by a strided 1x1 convolution. */
function appendShortcut(list: LayerList, name: string, input: string, { width, stride }: BlockShape): string {
  if (list.output(input).width === width && stride === 1) return input;
  return list.batchNorm(`${name}.bn`, list.convolution(`${name}.proj`, input, width, 1, stride));
}
