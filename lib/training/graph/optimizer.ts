import type { TrainingProtocol } from '../protocol.ts';
import type { Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

/**
 * One step of SGD as PyTorch takes it: g += weightDecay p; v = momentum v + g; p -= rate v, or with Nesterov's momentum
 * p -= rate (g + momentum v).
 */
export function updateWeights(
  ops: Ops,
  {
    weights,
    momentum,
    weightValues,
    flatGradient,
    learningRate,
  }: Record<'weights' | 'momentum' | 'weightValues' | 'flatGradient' | 'learningRate', Tensor>,
  optimizer: TrainingProtocol['optimizer'],
  finite: Tensor | undefined,
): Tensor {
  const decayed =
    optimizer.weightDecay === 0
      ? flatGradient
      : ops.add(flatGradient, ops.multiply(weightValues, ops.float(optimizer.weightDecay)));
  // v = 1 v + 0 and p -= 0 leave everything as it is.
  const orElse = (value: Tensor, otherwise: Tensor) => (finite ? ops.select(finite, value, otherwise) : value);
  return ops.builder.node(
    'ResourceApplyMomentum',
    [
      weights,
      momentum,
      orElse(learningRate, ops.float(0)),
      orElse(decayed, ops.zerosLike(decayed)),
      orElse(ops.float(optimizer.momentum), ops.float(1)),
    ],
    { T: { type: 'float32' }, use_locking: { bool: true }, use_nesterov: { bool: optimizer.nesterov } },
  );
}

/** running = (1 - momentum) running + momentum batch. */
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
