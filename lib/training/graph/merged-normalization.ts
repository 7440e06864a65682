import type { Layer } from '../../design-space/layers.ts';
import type { Pass } from './forward.ts';
import type { Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

type BatchNorm = Extract<Layer, { kind: 'batchNorm' }>;
type Convolution = Extract<Layer, { kind: 'convolution' }>;

/** Layers that one operation computes: a batch norm, the addition of a shortcut, and ReLU. */
export interface MergedNormalization {
  batchNorm: BatchNorm;
  /** Name of the layer that is added; absent for none. */
  shortcut?: string;
  relu: boolean;
  /** Whether the convolution before it computes the statistics, and takes gradients of the normalized output. */
  byConvolution?: boolean;
  /** The convolution that normalizes as it reads, so that the output is not computed; absent if the output is computed. */
  reader?: string;
}

/** The batch norms of a training pass, merged with the layers that follow them. */
export interface MergedNormalizations {
  /** By the name of the last merged layer. */
  byOutput: ReadonlyMap<string, MergedNormalization>;
  /** Names of the merged layers before the last one: their outputs are not computed. */
  covered: ReadonlySet<string>;
  /** By the name of the convolution that normalizes as it reads. */
  byReader: ReadonlyMap<string, MergedNormalization>;
}

/** Statistics of a batch: float32 [channels] each. */
export interface BatchStatistics {
  mean: Tensor;
  /** Bessel-corrected. */
  variance: Tensor;
  /** 1 / standard deviation; only own operations return it. */
  inverse?: Tensor;
}

/** Returns an output of a node by its index. */
const at = (node: Tensor, index: number): Tensor => (index === 0 ? node : `${node}:${index}`);

/** Returns the statistics that a node outputs, starting at output `first`. */
const statisticsOf = (node: Tensor, first: number): BatchStatistics => ({
  mean: at(node, first),
  variance: at(node, first + 1),
  inverse: at(node, first + 2),
});

/**
 * Merges each batch norm with the ReLU that follows it, directly or after an addition, if nothing else reads the outputs in between. The
 * operations (native/operations) pass over the tensors twice, for statistics and for values, instead of five times.
 *
 * Own convolutions save more of these passes. A convolution before a batch norm computes the statistics of its own output, and derives the
 * gradient of that output from the gradient of the normalized output as it reads it. A convolution that is the only reader of a normalized
 * output normalizes as it reads: that output is never written, and the sums for its gradients are taken from the gradient that the
 * convolution has just computed.
 * @param own whether a convolution is an own operation, and whether it can normalize its input
 */
export function mergedNormalizations(
  layers: readonly Layer[],
  own: { isOwn: (layer: Convolution) => boolean; normalizes: (layer: Convolution) => boolean },
): MergedNormalizations {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  for (const layer of layers) for (const name of inputsOf(layer)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const onlyRead = (name: string) => readers.get(name) === 1;
  const batchNormAt = (name: string): BatchNorm | undefined => {
    const layer = byName.get(name);
    return layer?.kind === 'batchNorm' && onlyRead(name) ? layer : undefined;
  };
  const byOutput = new Map<string, MergedNormalization>();
  const covered = new Set<string>();
  for (const layer of layers) {
    if (layer.kind !== 'relu') continue;
    const input = byName.get(layer.input);
    const direct = batchNormAt(layer.input);
    if (direct) {
      byOutput.set(layer.name, { batchNorm: direct, relu: true });
      covered.add(direct.name);
    } else if (input?.kind === 'add' && onlyRead(input.name)) {
      // Layers are in order: what was computed last is still in the cache.
      const [shortcut, own] = input.inputs;
      const batchNorm = batchNormAt(own);
      if (batchNorm === undefined) continue;
      byOutput.set(layer.name, { batchNorm, shortcut, relu: true });
      covered.add(batchNorm.name).add(input.name);
    }
  }
  for (const layer of layers)
    if (layer.kind === 'batchNorm' && !covered.has(layer.name))
      byOutput.set(layer.name, { batchNorm: layer, relu: false });
  const byReader = new Map<string, MergedNormalization>();
  for (const [name, merged] of byOutput) {
    const { batchNorm, relu, shortcut } = merged;
    const producer = byName.get(batchNorm.input);
    if (producer?.kind === 'convolution' && own.isOwn(producer)) merged.byConvolution = true;
    const reader = layers.find((layer) => layer.kind === 'convolution' && layer.input === name) as
      Convolution | undefined;
    if (!relu || shortcut !== undefined || !reader || !onlyRead(name)) continue;
    if (!own.normalizes(reader)) continue;
    merged.reader = reader.name;
    byReader.set(reader.name, merged);
  }
  return { byOutput, covered, byReader };
}

const inputsOf = (layer: Layer): readonly string[] => {
  if (layer.kind === 'input') return [];
  return layer.kind === 'add' ? layer.inputs : [layer.input];
};

/** Returns the vectors that describe a normalization to the operations: mean, 1 / standard deviation, scale and offset. */
export const normalizationVectors = (
  name: string,
  { mean, inverse }: BatchStatistics,
  { parameter }: Pass,
): Tensor[] => [mean, inverse as Tensor, parameter(`${name}.weight`), parameter(`${name}.bias`)];

/**
 * Computes the statistics of the batch and, unless a convolution normalizes as it reads, the output of merged layers.
 * @param tensors input of the batch norm, and the shortcut that is added to its output
 */
export function mergedForward(
  ops: Ops,
  { batchNorm, relu, byConvolution, reader }: MergedNormalization,
  { input, shortcut }: { input: Tensor; shortcut: Tensor | undefined },
  pass: Pass,
): { output?: Tensor; statistics: BatchStatistics } {
  const { type, epsilon, parameter } = pass;
  const { name } = batchNorm;
  const added = shortcut === undefined ? [] : [shortcut];
  const attributes = { T: { type }, shortcuts: { int: added.length }, relu: { bool: relu } };
  if (byConvolution) {
    const statistics = statisticsOf(input, 1);
    if (reader !== undefined) return { statistics };
    const inputs = [input, ...normalizationVectors(name, statistics, pass), ...added];
    return { output: ops.builder.node('BeyondNormalization', inputs, attributes), statistics };
  }
  const inputs = [input, parameter(`${name}.weight`), parameter(`${name}.bias`), ...added];
  const outputs = reader === undefined ? 1 : 0;
  const node = ops.builder.node('BeyondBatchNorm', inputs, {
    ...attributes,
    epsilon: { float: epsilon },
    outputs: { int: outputs },
  });
  return { ...(outputs && { output: node }), statistics: statisticsOf(node, outputs) };
}

/** Gradients of the inputs and parameters of merged layers. */
export interface MergedGradients {
  /** Gradient of the batch norm's input, or of its normalized output if a convolution computes the statistics. */
  input: Tensor;
  /** Whether the gradient is with respect to the output of a ReLU. */
  relu: boolean;
  /** Absent if there is no shortcut. */
  shortcut?: Tensor;
  weight: Tensor;
  bias: Tensor;
}

/**
 * Computes the gradients of merged layers.
 * @param tensors the batch norm's input, its statistics, the output, and one or more gradients of the output, which are summed
 */
export function mergedBackward(
  ops: Ops,
  { batchNorm, shortcut, relu, byConvolution }: MergedNormalization,
  tensors: { input: Tensor; statistics: BatchStatistics; output: Tensor; gradients: readonly Tensor[] },
  { type, parameter }: Pass,
): MergedGradients {
  const { name } = batchNorm;
  const { input, statistics, output, gradients } = tensors;
  const sum = (all: readonly Tensor[]) => all.reduce((total, gradient) => ops.add(total, gradient, type));
  // The operation itself adds two gradients.
  const [first, ...others] = gradients as [Tensor, ...Tensor[]];
  const added =
    byConvolution && shortcut === undefined ? [sum(gradients)] : [first, ...(others.length ? [sum(others)] : [])];
  const outputs = shortcut === undefined ? [] : [output];
  const inputs = byConvolution ? 0 : 1;
  const result = ops.builder.node(
    'BeyondBatchNormGrad',
    [
      ...[input, parameter(`${name}.weight`), parameter(`${name}.bias`), statistics.mean, statistics.inverse as Tensor],
      ...[...added, ...outputs],
    ],
    {
      T: { type },
      shortcuts: { int: outputs.length },
      relu: { bool: relu },
      gradients: { int: added.length },
      inputs: { int: inputs },
    },
  );
  const ofShortcut = shortcut !== undefined && { shortcut: at(result, inputs) };
  const parameters = inputs + outputs.length;
  return {
    // With a shortcut, its gradient is the part that ReLU let through.
    input: inputs ? result : ofShortcut ? ofShortcut.shortcut : added[0]!,
    relu: !ofShortcut && relu,
    ...ofShortcut,
    weight: at(result, parameters),
    bias: at(result, parameters + 1),
  };
}

/** Computes the gradient of the input of merged layers whose reader has computed those of weight and bias. */
export function readBackward(
  ops: Ops,
  { batchNorm: { name }, relu }: MergedNormalization,
  tensors: { input: Tensor; statistics: BatchStatistics; gradient: Tensor; weight: Tensor; bias: Tensor },
  { type, parameter }: Pass,
): Tensor {
  const { input, statistics, gradient, weight, bias } = tensors;
  return ops.builder.node(
    'BeyondNormalizationGrad',
    [
      ...[input, parameter(`${name}.weight`), parameter(`${name}.bias`), statistics.mean, statistics.inverse as Tensor],
      ...[gradient, weight, bias],
    ],
    { T: { type }, relu: { bool: relu } },
  );
}
