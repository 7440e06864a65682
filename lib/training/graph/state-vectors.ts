import type { DataType, Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';
import { entriesSize, type StateEntry, type StateLayout } from './state-layout.ts';

/** Returns the parameters by name, from the weight vector. */
export function parameters(ops: Ops, layout: StateLayout, weights: Tensor, type: DataType): (name: string) => Tensor {
  const [convolutions, others] = ops.split(weights, [entriesSize(layout.convolutions), entriesSize(layout.others)]) as [
    Tensor,
    Tensor,
  ];
  const convolution = vectors(ops, layout.convolutions, ops.cast(convolutions, 'float32', type), type);
  const other = vectors(ops, layout.others, others);
  const isConvolution = new Set(layout.convolutions.map(({ name }) => name));
  return (name) => (isConvolution.has(name) ? convolution(name) : other(name));
}

/** Returns the entries of a flat vector by name, each in its shape. */
export function vectors(
  ops: Ops,
  entries: readonly StateEntry[],
  vector: Tensor,
  type: DataType = 'float32',
): (name: string) => Tensor {
  const parts = ops.split(
    vector,
    entries.map(({ size }) => size),
    type,
  );
  const byName = new Map(
    entries.map(({ name, shape }, index) => {
      const part = parts[index]!;
      return [name, shape.length === 1 ? part : ops.reshape(part, shape, type)];
    }),
  );
  return (name) => byName.get(name) as Tensor;
}

/** Joins named gradients into one float32 vector in the order of the weights. */
export function flattened(
  ops: Ops,
  layout: StateLayout,
  gradients: ReadonlyMap<string, Tensor>,
  type: DataType,
): Tensor {
  const flat = (entries: readonly StateEntry[], entryType: DataType) =>
    ops.concat(
      entries.map(({ name, shape }) => {
        const gradient = gradients.get(name) as Tensor;
        return shape.length === 1 ? gradient : ops.reshape(gradient, [-1], entryType);
      }),
      entryType,
    );
  return ops.concat([ops.cast(flat(layout.convolutions, type), type, 'float32'), flat(layout.others, 'float32')]);
}
