import type { Layer } from '../../design-space/layers.ts';
import type { Pass } from './forward.ts';
import type { Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

type BatchNorm = Extract<Layer, { kind: 'batchNorm' }>;

/** Layers that one operation computes: a batch norm, the addition of a shortcut to it, ReLU. */
export interface MergedNormalization {
  batchNorm: BatchNorm;
  /** Name of the layer that is added; absent for none. */
  shortcut?: string;
  relu: boolean;
}

/** How the batch norms of a training pass are merged with what follows them. */
export interface MergedNormalizations {
  /** By the name of the last layer of each. */
  byOutput: ReadonlyMap<string, MergedNormalization>;
  /** Names of the layers before the last one of each: their outputs are not computed. */
  covered: ReadonlySet<string>;
}

/**
 * Merges each batch norm with the ReLU that follows it, directly or after an addition, if nothing else reads what is between them. The
 * operations (native/operations) go through the tensors twice, for statistics and for values, instead of five times.
 */
export function mergedNormalizations(layers: readonly Layer[]): MergedNormalizations {
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
      // Layers come in their order: what was computed last is still in the cache.
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
  return { byOutput, covered };
}

const inputsOf = (layer: Layer): readonly string[] => {
  if (layer.kind === 'input') return [];
  return layer.kind === 'add' ? layer.inputs : [layer.input];
};

/**
 * The output of merged layers. Like that of TensorFlow's batch norm, the node also has the mean and the (Bessel-corrected) variance
 * of the batch, as its outputs 1 and 2.
 */
export function mergedForward(
  ops: Ops,
  { batchNorm, relu }: MergedNormalization,
  { input, shortcut }: { input: Tensor; shortcut: Tensor | undefined },
  { type, epsilon, parameter }: Pass,
): Tensor {
  const { name } = batchNorm;
  const added = shortcut === undefined ? [] : [shortcut];
  return ops.builder.node(
    'BeyondBatchNorm',
    [input, parameter(`${name}.weight`), parameter(`${name}.bias`), ...added],
    { T: { type }, shortcuts: { int: added.length }, relu: { bool: relu }, epsilon: { float: epsilon } },
  );
}

/** Gradients of what merged layers compute from. */
export interface MergedGradients {
  input: Tensor;
  /** Absent if there is none. */
  shortcut?: Tensor;
  weight: Tensor;
  bias: Tensor;
}

/**
 * @param tensors input and node of `mergedForward`, and the gradients of its output, which are added up: at least one
 */
export function mergedBackward(
  ops: Ops,
  { batchNorm, shortcut, relu }: MergedNormalization,
  { input, node, gradients }: { input: Tensor; node: Tensor; gradients: readonly Tensor[] },
  { type, parameter }: Pass,
): MergedGradients {
  const { name } = batchNorm;
  // The operation adds two.
  const [first, ...others] = gradients as [Tensor, ...Tensor[]];
  const rest = others.length === 0 ? [] : [others.reduce((sum, gradient) => ops.add(sum, gradient, type))];
  const outputs = shortcut === undefined ? [] : [node];
  const result = ops.builder.node(
    'BeyondBatchNormGrad',
    [
      ...[input, parameter(`${name}.weight`), parameter(`${name}.bias`), `${node}:1`, `${node}:3`],
      ...[first, ...rest, ...outputs],
    ],
    {
      T: { type },
      shortcuts: { int: outputs.length },
      relu: { bool: relu },
      gradients: { int: 1 + rest.length },
    },
  );
  const parameters = 1 + outputs.length;
  return {
    input: result,
    ...(shortcut !== undefined && { shortcut: `${result}:1` }),
    weight: `${result}:${parameters}`,
    bias: `${result}:${parameters + 1}`,
  };
}
