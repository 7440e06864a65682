import type { Layer } from '../../design-space/layers.ts';

/** A named array inside one of the flat state vectors. */
export interface StateEntry {
  name: string;
  /** In TensorFlow's layout: convolutions [kernelSize, kernelSize, in / groups, out], linear [in, out], the rest [width]. */
  shape: readonly number[];
  size: number;
}

/**
 * The layout of everything that training changes. Weights, each slot of the optimizer and statistics are flat vectors: the graph splits the
 * weights once per step, so the optimizer, a checkpoint and a restore are one operation each, whatever the depth of the network.
 */
export interface StateLayout {
  /** Convolution weights, at the start of the weight vector: these are converted to the precision of the pass. */
  convolutions: readonly StateEntry[];
  /** Batch-norm and linear parameters, the rest of the weight vector: always float32. */
  others: readonly StateEntry[];
  /** Running means and variances. */
  statistics: readonly StateEntry[];
}

/** Returns the layout of the state of a network with these layers. */
export function stateLayout(layers: readonly Layer[]): StateLayout {
  const convolutions: StateEntry[] = [];
  const others: StateEntry[] = [];
  const statistics: StateEntry[] = [];
  const entry = (name: string, ...shape: number[]) => ({ name, shape, size: totalSize(shape) });
  for (const layer of layers) {
    if (layer.kind === 'convolution')
      convolutions.push(
        entry(`${layer.name}.weight`, layer.kernelSize, layer.kernelSize, layer.widthIn / layer.groups, layer.width),
      );
    else if (layer.kind === 'batchNorm') {
      others.push(entry(`${layer.name}.weight`, layer.width), entry(`${layer.name}.bias`, layer.width));
      statistics.push(
        entry(`${layer.name}.running_mean`, layer.width),
        entry(`${layer.name}.running_var`, layer.width),
      );
    } else if (layer.kind === 'linear')
      others.push(entry(`${layer.name}.weight`, layer.widthIn, layer.width), entry(`${layer.name}.bias`, layer.width));
  }
  return { convolutions, others, statistics };
}

/** Returns everything that has a gradient, in the order of the weight vector. */
export const parametersOf = ({ convolutions, others }: StateLayout): StateEntry[] => [...convolutions, ...others];

/** Returns the number of elements of the weight vector. */
export const weightCount = (layout: StateLayout): number => entriesSize(parametersOf(layout));

export const entriesSize = (entries: readonly StateEntry[]): number => entries.reduce((sum, { size }) => sum + size, 0);

const totalSize = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
