import type { Layer } from '../../design-space/layers.ts';
import { ConvolutionOps, type AroundConvolution } from './convolution.ts';
import type { DataType, Tensor } from './graph-builder.ts';
import {
  mergedForward,
  normalizationVectors,
  type BatchStatistics,
  type MergedNormalizations,
} from './merged-normalization.ts';
import type { Ops } from './ops.ts';

/** Settings of a pass over the network. */
export interface Pass {
  /** Type of activations and convolutions; batch-norm statistics, the pooled features and the head are always float32. */
  type: DataType;
  epsilon: number;
  /** A parameter by name, in its layout's shape; convolution weights in `type`, the rest float32. */
  parameter: (name: string) => Tensor;
  /** Running statistics by name, for inference; absent in training, which normalizes each batch by its own statistics. */
  statistic?: (name: string) => Tensor;
  /** How own operations compute the batch norms; absent if only TensorFlow's operations are used, for convolutions as well. */
  merged?: MergedNormalizations;
}

/** The results of a pass over the network that the backward pass uses. */
export interface Activations {
  /** Output of each layer by name. */
  outputs: ReadonlyMap<string, Tensor>;
  /** The part of its input that each convolution reads. */
  read: ReadonlyMap<string, Tensor>;
  /** Statistics of each batch norm, by name. */
  statistics: ReadonlyMap<string, BatchStatistics>;
  /** Output of the last layer, float32 [batch, classes]. */
  logits: Tensor;
}

/** Builds a pass over the network for images [batch, size, size, channels] of the pass's type. */
export function forward(ops: Ops, layers: readonly Layer[], images: Tensor, pass: Pass): Activations {
  const { type } = pass;
  const convolutions = new ConvolutionOps(ops, type, pass.merged !== undefined);
  const outputs = new Map<string, Tensor>();
  const read = new Map<string, Tensor>();
  const statistics = new Map<string, BatchStatistics>();
  const sizes = new Map<string, number>();
  const output = (name: string) => outputs.get(name) as Tensor;
  for (const layer of layers) {
    if ('size' in layer) sizes.set(layer.name, layer.size);
    if (pass.merged?.covered.has(layer.name)) continue;
    const merged = pass.merged?.byOutput.get(layer.name);
    if (merged) {
      const { batchNorm, shortcut } = merged;
      const tensors = {
        input: output(batchNorm.input),
        shortcut: shortcut === undefined ? undefined : output(shortcut),
      };
      const result = mergedForward(ops, merged, tensors, pass);
      statistics.set(batchNorm.name, result.statistics);
      if (result.output !== undefined) outputs.set(layer.name, result.output);
      continue;
    }
    switch (layer.kind) {
      case 'input':
        outputs.set(layer.name, images);
        break;
      case 'convolution': {
        const inputSize = sizes.get(layer.input) as number;
        const { input, ...around } = aroundConvolution(layer, { outputs, statistics }, pass);
        const pixels = convolutions.read(layer, inputSize, input);
        read.set(layer.name, pixels);
        const filter = pass.parameter(`${layer.name}.weight`);
        outputs.set(layer.name, convolutions.forward(layer, inputSize, pixels, filter, around));
        break;
      }
      case 'batchNorm':
        outputs.set(layer.name, batchNorm(ops, layer.name, output(layer.input), pass));
        statistics.set(layer.name, { mean: `${output(layer.name)}:1`, variance: `${output(layer.name)}:2` });
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
        outputs.set(
          layer.name,
          ops.add(
            ops.matMul(output(layer.input), pass.parameter(`${layer.name}.weight`)),
            pass.parameter(`${layer.name}.bias`),
          ),
        );
        break;
    }
  }
  return { outputs, read, statistics, logits: output((layers.at(-1) as Layer).name) };
}

/** Returns the input of a convolution, and the part of the neighbouring batch norms' work that it takes over. */
export function aroundConvolution(
  layer: Extract<Layer, { kind: 'convolution' }>,
  { outputs, statistics }: Pick<Activations, 'outputs' | 'statistics'>,
  pass: Pass,
): AroundConvolution & { input: Tensor } {
  const before = pass.merged?.byReader.get(layer.name)?.batchNorm;
  return {
    input: outputs.get(before?.input ?? layer.input) as Tensor,
    normalization: before && normalizationVectors(before.name, statistics.get(before.name) as BatchStatistics, pass),
    statistics: pass.merged ? { epsilon: pass.epsilon } : undefined,
  };
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

/** Attributes that batch norm and its gradient have in common. */
export const batchNormAttributes = ({ type, epsilon }: Pass) => ({
  T: { type },
  U: { type: 'float32' as const },
  epsilon: { float: epsilon },
  data_format: { string: 'NHWC' },
});

/** Returns the mean and (Bessel-corrected) variance of the batch in each batch norm of a training pass, in the order of the statistics. */
export function batchStatistics(layers: readonly Layer[], activations: Activations): Tensor[] {
  return layers.flatMap((layer) => {
    if (layer.kind !== 'batchNorm') return [];
    const { mean, variance } = activations.statistics.get(layer.name) as BatchStatistics;
    return [mean, variance];
  });
}
