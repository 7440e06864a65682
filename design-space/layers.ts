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

/**
 * The layers of a network in execution order: the one source for its graph, its complexity and its structure parameters.
 * Names, order and shapes are those of pycls' AnyNet.
 */
export function layersOf(architecture: Architecture, network: NetworkInput): Layer[] {
  const list = new LayerList();
  let output = list.append({ kind: 'input', name: 'images', width: network.channels, size: network.imageSize });
  output = list.convolution(
    'stem.conv',
    output,
    architecture.stemWidth,
    3,
    architecture.stem === 'simple_stem_in' ? 2 : 1,
  );
  output = list.relu('stem.relu', list.batchNorm('stem.bn', output));
  architecture.depths.forEach((depth, stage) => {
    for (let block = 0; block < depth; block++)
      output = appendBlock(
        list,
        architecture,
        stage,
        block === 0 ? (architecture.strides[stage] as number) : 1,
        `s${stage + 1}.b${block + 1}`,
        output,
      );
  });
  const { width } = list.output(output);
  output = list.append({ kind: 'globalAveragePool', name: 'head.avg_pool', input: output, width });
  list.append({ kind: 'linear', name: 'head.fc', input: output, widthIn: width, width: network.classes });
  return list.layers;
}

/** The residual bottleneck block of AnyNetX ("X block"). */
function appendBlock(
  list: LayerList,
  architecture: Architecture,
  stage: number,
  stride: number,
  name: string,
  input: string,
): string {
  const width = architecture.widths[stage] as number;
  const bottleneckWidth = width / (architecture.bottleneckRatios[stage] as number);
  const groups = bottleneckWidth / (architecture.groupWidths[stage] as number);
  let shortcut = input;
  if (list.output(input).width !== width || stride !== 1)
    shortcut = list.batchNorm(`${name}.bn`, list.convolution(`${name}.proj`, input, width, 1, stride));
  let output = list.convolution(`${name}.f.a`, input, bottleneckWidth, 1, 1);
  output = list.relu(`${name}.f.a_relu`, list.batchNorm(`${name}.f.a_bn`, output));
  output = list.convolution(`${name}.f.b`, output, bottleneckWidth, 3, stride, groups);
  output = list.relu(`${name}.f.b_relu`, list.batchNorm(`${name}.f.b_bn`, output));
  output = list.convolution(`${name}.f.c`, output, width, 1, 1);
  output = list.batchNorm(`${name}.f.c_bn`, output);
  return list.relu(`${name}.relu`, list.add(`${name}.add`, [shortcut, output]));
}
