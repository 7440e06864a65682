import type { Architecture, NetworkInput } from './architecture.ts';

/**
 * One node of a network. `name` is pycls' module name (so `<name>.weight` is its PyTorch parameter), `input` the name of the
 * node it reads. Outputs are [batch, size, size, width], from `globalAveragePool` on [batch, width].
 */
export type Layer =
  | { kind: 'input'; name: string; width: number; size: number }
  | {
      kind: 'convolution'; // no bias; padding (kernel - 1) / 2 on every side
      name: string;
      input: string;
      kernel: number;
      stride: number;
      groups: number;
      widthIn: number;
      width: number;
      size: number;
    }
  | { kind: 'batchNorm'; name: string; input: string; width: number; size: number }
  | { kind: 'relu'; name: string; input: string; width: number; size: number }
  | { kind: 'add'; name: string; inputs: [string, string]; width: number; size: number }
  | { kind: 'globalAveragePool'; name: string; input: string; width: number }
  | { kind: 'linear'; name: string; input: string; widthIn: number; width: number };

/** A layer list under construction: each method appends a node and returns its name. */
class LayerList {
  readonly layers: Layer[] = [];
  private readonly outputs = new Map<string, { width: number; size: number }>();

  output(name: string): { width: number; size: number } {
    const output = this.outputs.get(name);
    if (output === undefined) throw new Error(`no layer is named ${name}`);
    return output;
  }

  append(layer: Layer): string {
    this.layers.push(layer);
    this.outputs.set(layer.name, { width: layer.width, size: 'size' in layer ? layer.size : 1 });
    return layer.name;
  }

  convolution(name: string, input: string, width: number, kernel: number, stride: number, groups = 1): string {
    const { width: widthIn, size } = this.output(input);
    return this.append({
      kind: 'convolution',
      name,
      input,
      kernel,
      stride,
      groups,
      widthIn,
      width,
      size: Math.floor((size - 1) / stride) + 1,
    });
  }

  batchNorm(name: string, input: string): string {
    return this.append({ kind: 'batchNorm', name, input, ...this.output(input) });
  }

  relu(name: string, input: string): string {
    return this.append({ kind: 'relu', name, input, ...this.output(input) });
  }

  add(name: string, inputs: [string, string]): string {
    return this.append({ kind: 'add', name, inputs, ...this.output(inputs[0]) });
  }
}

/** A layer and how often it stands in the network: layers of repeated equal blocks may be told once. */
export interface CountedLayer {
  layer: Layer;
  times: number;
}

/**
 * The layers of a network in execution order: the one source for its graph, its complexity and its drawing.
 * Names, order and shapes are those of pycls' AnyNet.
 */
export function layersOf(architecture: Architecture, network: NetworkInput): Layer[] {
  return expand(architecture, network, Infinity).map(({ layer }) => layer);
}

/**
 * The same layers with a stage's second block standing for all that follow it, which are equal: what depends on a layer's
 * kind and shape alone can be counted from these in time that does not grow with depth.
 */
export function countedLayersOf(architecture: Architecture, network: NetworkInput): CountedLayer[] {
  return expand(architecture, network, 2);
}

/** Tells at most `blocksPerStage` blocks of each stage, the last of them standing for the rest. */
function expand(architecture: Architecture, network: NetworkInput, blocksPerStage: number): CountedLayer[] {
  const list = new LayerList();
  const counted: CountedLayer[] = [];
  const count = (times: number) => {
    for (const layer of list.layers.slice(counted.length)) counted.push({ layer, times });
  };
  let output = list.append({ kind: 'input', name: 'images', width: network.channels, size: network.imageSize });
  output = list.convolution(
    'stem.conv',
    output,
    architecture.stemWidth,
    3,
    architecture.stem === 'simple_stem_in' ? 2 : 1,
  );
  output = list.relu('stem.relu', list.batchNorm('stem.bn', output));
  count(1);
  const appendBlock = blocks[architecture.blockType];
  architecture.depths.forEach((depth, stage) => {
    const told = Math.min(depth, blocksPerStage);
    for (let block = 0; block < told; block++) {
      output = appendBlock(list, `s${stage + 1}.b${block + 1}`, output, blockShape(architecture, stage, block));
      count(block === told - 1 ? depth - block : 1);
    }
  });
  const { width } = list.output(output);
  output = list.append({ kind: 'globalAveragePool', name: 'head.avg_pool', input: output, width });
  list.append({ kind: 'linear', name: 'head.fc', input: output, widthIn: width, width: network.classes });
  count(1);
  return counted;
}

interface BlockShape {
  width: number;
  /** Of the 3x3 convolution of a bottleneck. */
  bottleneckWidth: number;
  groups: number;
  stride: number;
}

function blockShape(architecture: Architecture, stage: number, block: number): BlockShape {
  const width = architecture.widths[stage] as number;
  const bottleneckWidth = width / (architecture.bottleneckRatios[stage] as number);
  return {
    width,
    bottleneckWidth,
    groups: bottleneckWidth / (architecture.groupWidths[stage] as number),
    stride: block === 0 ? (architecture.strides[stage] as number) : 1,
  };
}

/** Appends a block of the given name to a list, reading `input`; returns the name of its output. */
type AppendBlock = (list: LayerList, name: string, input: string, shape: BlockShape) => string;

const blocks: Record<Architecture['blockType'], AppendBlock> = {
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

/** The block's input where its shape is the output's, else its projection by a strided 1x1 convolution. */
function appendShortcut(list: LayerList, name: string, input: string, { width, stride }: BlockShape): string {
  if (list.output(input).width === width && stride === 1) return input;
  return list.batchNorm(`${name}.bn`, list.convolution(`${name}.proj`, input, width, 1, stride));
}
