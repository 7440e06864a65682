import type { Layer } from '../../design-space/layers.ts';
import { ConvolutionOps, type NormalizedGradient } from './convolution.ts';
import { aroundConvolution, batchNormAttributes, type Activations, type Pass } from './forward.ts';
import type { Tensor } from './graph-builder.ts';
import {
  mergedBackward,
  normalizationVectors,
  readBackward,
  type BatchStatistics,
  type MergedGradients,
} from './merged-normalization.ts';
import type { Ops } from './ops.ts';

/**
 * Computes the gradients of every parameter, by name, from the gradient of the logits, in one sweep over the layers in reverse. Gradients
 * of convolutions have the type of the pass, the rest are float32.
 * @throws Error if no layer uses the output of a layer
 */
export function backward(
  ops: Ops,
  layers: readonly Layer[],
  activations: Activations,
  logitsGradient: Tensor,
  pass: Pass,
): Map<string, Tensor> {
  const { type } = pass;
  const convolutions = new ConvolutionOps(ops, type, pass.merged !== undefined);
  const gradients = new Map<string, Tensor>();
  /** Gradients of each layer's output, which are summed. */
  const outputGradients = new Map<string, Tensor[]>([[(layers.at(-1) as Layer).name, [logitsGradient]]]);
  /** By convolution, gradients that still refer to its normalized output. */
  const normalized = new Map<string, NormalizedGradient>();
  const output = (name: string) => activations.outputs.get(name) as Tensor;
  const sizes = new Map(layers.map((layer) => [layer.name, 'size' in layer ? layer.size : 1]));
  const accumulate = (name: string, gradient: Tensor) => {
    const known = outputGradients.get(name);
    if (known === undefined) outputGradients.set(name, [gradient]);
    else known.push(gradient);
  };
  for (const layer of [...layers].reverse()) {
    // No gradient is computed for the images.
    if (layer.kind === 'input' || pass.merged?.covered.has(layer.name)) continue;
    const added = outputGradients.get(layer.name);
    if (added === undefined) throw new Error(`the output of layer ${layer.name} is not used`);
    outputGradients.delete(layer.name);
    const merged = pass.merged?.byOutput.get(layer.name);
    if (merged) {
      const { batchNorm, shortcut, byConvolution, reader, relu } = merged;
      const weight = `${batchNorm.name}.weight`;
      const bias = `${batchNorm.name}.bias`;
      const input = output(batchNorm.input);
      const statistics = activations.statistics.get(batchNorm.name) as BatchStatistics;
      const result: MergedGradients =
        reader === undefined
          ? mergedBackward(ops, merged, { input, statistics, output: output(layer.name), gradients: added }, pass)
          : { input: added[0]!, relu, weight: gradients.get(weight)!, bias: gradients.get(bias)! };
      if (reader !== undefined && !byConvolution) {
        const { weight, bias } = result;
        result.input = readBackward(ops, merged, { input, statistics, gradient: result.input, weight, bias }, pass);
      }
      accumulate(batchNorm.input, result.input);
      if (byConvolution) {
        const vectors = [...normalizationVectors(batchNorm.name, statistics, pass), result.weight, result.bias];
        normalized.set(batchNorm.input, { output: input, vectors, relu: result.relu });
      }
      if (shortcut !== undefined) accumulate(shortcut, result.shortcut as Tensor);
      gradients.set(weight, result.weight).set(bias, result.bias);
      continue;
    }
    const gradient = added.reduce((sum, one) => ops.add(sum, one, type));
    switch (layer.kind) {
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
        const { input, ...around } = aroundConvolution(layer, activations, pass);
        const tensors = { input, read, filter: pass.parameter(weight), gradient };
        // No gradient is computed for the images.
        const needsInput = layer.input !== layers[0]?.name;
        const result = convolutions.gradients(layer, inputSize, tensors, needsInput, {
          ...around,
          gradient: normalized.get(layer.name),
        });
        gradients.set(weight, result.filter);
        const before = pass.merged?.byReader.get(layer.name)?.batchNorm;
        if (before) gradients.set(`${before.name}.weight`, result.scale!).set(`${before.name}.bias`, result.offset!);
        if (result.input !== undefined) accumulate(layer.input, result.input);
        break;
      }
    }
  }
  return gradients;
}
