import type { TrainingProtocol } from '../protocol.ts';
import type { Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

/**
 * The optimizer's memory from step to step: each slot has one value per weight, 0 before training. The graph's variables and signatures,
 * the entries of a state, checkpoints and the memory estimate all follow from this list.
 */
export const optimizerSlots = ['momentum'] as const;

export type OptimizerSlot = (typeof optimizerSlots)[number];

/** Makes a value for each slot. */
export const perSlot = <Value>(of: (slot: OptimizerSlot) => Value): Record<OptimizerSlot, Value> =>
  Object.fromEntries(optimizerSlots.map((slot) => [slot, of(slot)])) as Record<OptimizerSlot, Value>;

/** Everything that a step of the optimizer reads and changes. */
export interface OptimizerStep {
  /** Handle of the weights' variable. */
  weights: Tensor;
  /** Handles of the slots' variables. */
  slots: Record<OptimizerSlot, Tensor>;
  /** The weights before the step. */
  weightValues: Tensor;
  flatGradient: Tensor;
  learningRate: Tensor;
  /** Whether the gradient is finite; undefined if the step is always taken. */
  finite: Tensor | undefined;
}

/**
 * Takes one step of SGD as PyTorch does: g += weightDecay p; v = momentum v + g; p -= rate v, or with Nesterov's momentum p -= rate (g +
 * momentum v).
 */
export function updateWeights(
  ops: Ops,
  { weights, slots, weightValues, flatGradient, learningRate, finite }: OptimizerStep,
  optimizer: TrainingProtocol['optimizer'],
): Tensor {
  const decayed =
    optimizer.weightDecay === 0
      ? flatGradient
      : ops.add(flatGradient, ops.multiply(weightValues, ops.float(optimizer.weightDecay)));
  // If the gradient is not finite, v = 1 v + 0 and p -= 0 change nothing.
  const orElse = (value: Tensor, otherwise: Tensor) => (finite ? ops.select(finite, value, otherwise) : value);
  return ops.builder.node(
    'ResourceApplyMomentum',
    [
      weights,
      slots.momentum,
      orElse(learningRate, ops.float(0)),
      orElse(decayed, ops.zerosLike(decayed)),
      orElse(ops.float(optimizer.momentum), ops.float(1)),
    ],
    { T: { type: 'float32' }, use_locking: { bool: true }, use_nesterov: { bool: optimizer.nesterov } },
  );
}

/** Updates the running statistics: running = (1 - momentum) running + momentum batch; unchanged if `finite` is given and false. */
export function updateStatistics(
  ops: Ops,
  statistics: Tensor,
  batch: Tensor,
  momentum: number,
  finite: Tensor | undefined,
): Tensor {
  const running = ops.read(statistics);
  const next = ops.add(ops.multiply(running, ops.float(1 - momentum)), ops.multiply(batch, ops.float(momentum)));
  return ops.assign(statistics, finite ? ops.select(finite, next, running) : next);
}
