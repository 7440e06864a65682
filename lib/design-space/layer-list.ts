/**
 * One node of a network. `name` is pycls' module name (so `<name>.weight` is its PyTorch parameter), `input` the name of the
 * node it reads. Outputs are [batch, size, size, width]; from `globalAveragePool` on, they are [batch, width].
 */
export type Layer =
  | { kind: 'input'; name: string; width: number; size: number }
  | {
      kind: 'convolution'; // no bias; padding (kernelSize - 1) / 2 on every side
      name: string;
      input: string;
      kernelSize: number;
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
export class LayerList {
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

  convolution(name: string, input: string, width: number, kernelSize: number, stride: number, groups = 1): string {
    const { width: widthIn, size } = this.output(input);
    return this.append({
      kind: 'convolution',
      name,
      input,
      kernelSize,
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
