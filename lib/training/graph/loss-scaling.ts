import type { LossScaling } from '../protocol.ts';
import type { Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

/** Loss scaling in a training graph: a variable [2] with the factor and the number of steps without overflow since it last changed. */
export interface ScaledLoss {
  variable: Tensor;
  factor: Tensor;
  steps: Tensor;
  growthInterval: number;
}

export function scaledLoss(ops: Ops, { growthInterval }: LossScaling): ScaledLoss {
  const variable = ops.builder.variable('loss_scaling', 'float32', [2]);
  const value = ops.read(variable);
  const part = (index: number) => ops.reshape(ops.slice(value, [index], [1]), []);
  return { variable, factor: part(0), steps: part(1), growthInterval };
}

/** Returns whether every value of a vector is finite, as a scalar bool. */
export function allFinite(ops: Ops, vector: Tensor): Tensor {
  const finite = ops.builder.node('IsFinite', [vector], { T: { type: 'float32' } });
  return ops.builder.node('All', [finite, ops.ints([0])], { Tidx: { type: 'int32' }, keep_dims: { bool: false } });
}

/**
 * Sets the factor for the next step, as torch.amp.GradScaler does: halved if a gradient was not finite, doubled after an interval of steps
 * in which all were.
 */
export function updateFactor(
  ops: Ops,
  { variable, factor, steps, growthInterval }: ScaledLoss,
  finite: Tensor,
): Tensor {
  const counted = ops.add(steps, ops.float(1));
  const grows = ops.builder.node('GreaterEqual', [counted, ops.float(growthInterval)], { T: { type: 'float32' } });
  const choose = (ifFinite: Tensor, otherwise: Tensor) => ops.select(finite, ifFinite, otherwise);
  const nextFactor = choose(
    ops.select(grows, ops.multiply(factor, ops.float(2)), factor),
    ops.multiply(factor, ops.float(0.5)),
  );
  const nextSteps = choose(ops.select(grows, ops.float(0), counted), ops.float(0));
  return ops.assign(variable, ops.pack([nextFactor, nextSteps]));
}
