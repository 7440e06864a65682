import type { Layer } from '../../design-space/layers.ts';
import { ConvolutionOps } from './convolution.ts';
import type { DataType, Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

/** How a pass over the network computes. */
export interface Pass {
  /** Type of activations and convolutions; batch-norm statistics, the pooled features and the head are always float32. */
  type: DataType;
  epsilon: number;
  /** A parameter by name, in its layout's shape; convolution weights in `type`, the rest float32. */
  parameter: (name: string) => Tensor;
  /** Running statistics by name for inference; absent in training, where a batch normalizes itself. */
  statistic?: (name: string) => Tensor;
}

/** What a pass over the network computed, for the backward pass to use. */
export interface Activations {
  /** Output of each layer by name. */
  outputs: ReadonlyMap<string, Tensor>;
  /** What each convolution reads of its input. */
  read: ReadonlyMap<string, Tensor>;
  /** float32 [batch, classes]. */
  logits: Tensor;
}

/** The network's output for images [batch, size, size, channels] of the pass' type. */
export function forward(ops: Ops, layers: readonly Layer[], images: Tensor, pass: Pass): Activations {
  const { type } = pass;
  const convolutions = new ConvolutionOps(ops, type);
  const outputs = new Map<string, Tensor>();
  const read = new Map<string, Tensor>();
  const sizes = new Map<string, number>();
  const output = (name: string) => outputs.get(name) as Tensor;
  let logits = '';
  for (const layer of layers) {
    if ('size' in layer) sizes.set(layer.name, layer.size);
    switch (layer.kind) {
      case 'input':
        outputs.set(layer.name, images);
        break;
      case 'convolution': {
        const inputSize = sizes.get(layer.input) as number;
        const pixels = convolutions.read(layer, inputSize, output(layer.input));
        read.set(layer.name, pixels);
        outputs.set(layer.name, convolutions.forward(layer, inputSize, pixels, pass.parameter(`${layer.name}.weight`)));
        break;
      }
      case 'batchNorm':
        outputs.set(layer.name, batchNorm(ops, layer.name, output(layer.input), pass));
        break;
      case 'relu':
        outputs.set(layer.name, ops.builder.node('Relu', [output(layer.input)], { T: { type } }));
        break;
      case 'add':
        outputs.set(layer.name, ops.add(output(layer.inputs[0]), output(layer.inputs[1]), type));
        break;
      case 'globalAveragePool':
        outputs.set(layer.name, ops.mean(ops.cast(output(layer.input), type, 'float32'), [1, 2]));
        break;
      case 'linear':
        logits = ops.add(
          ops.matMul(output(layer.input), pass.parameter(`${layer.name}.weight`)),
          pass.parameter(`${layer.name}.bias`),
        );
        outputs.set(layer.name, logits);
        break;
    }
  }
  return { outputs, read, logits };
}

function batchNorm(ops: Ops, name: string, input: Tensor, pass: Pass): Tensor {
  const scaleAndOffset = [pass.parameter(`${name}.weight`), pass.parameter(`${name}.bias`)];
  const empty = ops.float([]);
  const statistics = pass.statistic
    ? [pass.statistic(`${name}.running_mean`), pass.statistic(`${name}.running_var`)]
    : [empty, empty];
  return ops.builder.node('FusedBatchNormV3', [input, ...scaleAndOffset, ...statistics], {
    ...batchNormAttributes(pass),
    is_training: { bool: pass.statistic === undefined },
    exponential_avg_factor: { float: 1 },
  });
}

const batchNormAttributes = ({ type, epsilon }: Pass) => ({
  T: { type },
  U: { type: 'float32' as const },
  epsilon: { float: epsilon },
  data_format: { string: 'NHWC' },
});

/** Mean and (Bessel-corrected) variance of the batch in each batch norm of a training pass, in the order of the statistics. */
export function batchStatistics(layers: readonly Layer[], activations: Activations): Tensor[] {
  return layers.flatMap((layer) => {
    if (layer.kind !== 'batchNorm') return [];
    const node = activations.outputs.get(layer.name) as Tensor;
    return [`${node}:1`, `${node}:2`];
  });
}

/**
 * Gradients of every parameter, by name, given that of the logits: one sweep over the layers in reverse. Convolution gradients
 * have the type of the pass, the rest are float32.
 */
export function backward(
  ops: Ops,
  layers: readonly Layer[],
  activations: Activations,
  logitsGradient: Tensor,
  pass: Pass,
): Map<string, Tensor> {
  const { type } = pass;
  const convolutions = new ConvolutionOps(ops, type);
  const gradients = new Map<string, Tensor>();
  const outputGradients = new Map<string, Tensor>();
  const output = (name: string) => activations.outputs.get(name) as Tensor;
  const sizes = new Map(layers.map((layer) => [layer.name, 'size' in layer ? layer.size : 1]));
  const accumulate = (name: string, gradient: Tensor) => {
    const known = outputGradients.get(name);
    outputGradients.set(name, known === undefined ? gradient : ops.add(known, gradient, type));
  };
  for (const layer of [...layers].reverse()) {
    const gradient = layer.kind === 'linear' ? logitsGradient : (outputGradients.get(layer.name) as Tensor);
    outputGradients.delete(layer.name);
    switch (layer.kind) {
      case 'input':
        break;
      case 'linear':
        gradients.set(`${layer.name}.weight`, ops.matMul(output(layer.input), gradient, { a: true }));
        gradients.set(`${layer.name}.bias`, ops.sum(gradient, [0]));
        accumulate(layer.input, ops.matMul(gradient, pass.parameter(`${layer.name}.weight`), { b: true }));
        break;
      case 'globalAveragePool': {
        const size = sizes.get(layer.input) as number;
        const share = ops.cast(ops.multiply(gradient, ops.float(1 / size ** 2)), 'float32', type);
        const input = output(layer.input);
        accumulate(
          layer.input,
          ops.builder.node('BroadcastTo', [ops.reshape(share, [-1, 1, 1, layer.width], type), ops.shape(input, type)], {
            T: { type },
            Tidx: { type: 'int32' },
          }),
        );
        break;
      }
      case 'add':
        for (const input of layer.inputs) accumulate(input, gradient);
        break;
      case 'relu':
        accumulate(layer.input, ops.builder.node('ReluGrad', [gradient, output(layer.name)], { T: { type } }));
        break;
      case 'batchNorm': {
        const node = output(layer.name);
        const result = ops.builder.node(
          'FusedBatchNormGradV3',
          [
            gradient,
            output(layer.input),
            pass.parameter(`${layer.name}.weight`),
            `${node}:3`,
            `${node}:4`,
            `${node}:5`,
          ],
          { ...batchNormAttributes(pass), is_training: { bool: true } },
        );
        accumulate(layer.input, result);
        gradients.set(`${layer.name}.weight`, `${result}:1`);
        gradients.set(`${layer.name}.bias`, `${result}:2`);
        break;
      }
      case 'convolution': {
        const inputSize = sizes.get(layer.input) as number;
        const read = activations.read.get(layer.name) as Tensor;
        const weight = `${layer.name}.weight`;
        gradients.set(weight, convolutions.filterGradient(layer, inputSize, read, gradient));
        if (layer.input !== layers[0]?.name) {
          const tensors = { input: output(layer.input), read, filter: pass.parameter(weight), gradient };
          accumulate(layer.input, convolutions.inputGradient(layer, inputSize, tensors));
        }
        break;
      }
    }
  }
  return gradients;
}
