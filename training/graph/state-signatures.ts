import { floatEndpoint as float, type Signature, type Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';
import { entriesSize, weightCount, type StateLayout } from './state-layout.ts';

/** Signatures that put the whole state in, take it out, and replace the running statistics by accumulated ones. */
export function stateSignatures(
  ops: Ops,
  layout: StateLayout,
  variables: Record<'weights' | 'momentum' | 'statistics' | 'accumulated', Tensor> & {
    lossScaling: Tensor | undefined;
  },
): Record<string, Signature> {
  const weightSize = weightCount(layout);
  const statisticsSize = entriesSize(layout.statistics);
  const given = {
    weights: ops.builder.placeholder('given_weights', 'float32', [weightSize]),
    momentum: ops.builder.placeholder('given_momentum', 'float32', [weightSize]),
    statistics: ops.builder.placeholder('given_statistics', 'float32', [statisticsSize]),
  };
  const { lossScaling } = variables;
  const givenScaling = lossScaling && ops.builder.placeholder('given_loss_scaling', 'float32', [2]);
  const zeros = ops.zerosLike(given.statistics);
  const restored = ops.done('restored', [
    ...(lossScaling && givenScaling ? [ops.assign(lossScaling, givenScaling)] : []),
    ops.assign(variables.weights, given.weights),
    ops.assign(variables.momentum, given.momentum),
    ops.assign(variables.statistics, given.statistics),
    ops.assign(variables.accumulated, zeros),
  ]);
  const batches = ops.builder.placeholder('batches', 'float32', []);
  const sum = ops.read(variables.accumulated);
  const applied = ops.done('statistics_applied', [
    ops.assign(variables.statistics, ops.divide(sum, batches)),
    ops.assign(variables.accumulated, ops.zerosLike(sum)),
  ]);
  const read = (name: 'weights' | 'momentum' | 'statistics') =>
    ops.identity(ops.read(variables[name]), 'float32', `${name}_value`);
  return {
    restore: {
      inputs: {
        weights: float(given.weights, weightSize),
        momentum: float(given.momentum, weightSize),
        statistics: float(given.statistics, statisticsSize),
        ...(givenScaling && { loss_scaling: float(givenScaling, 2) }),
      },
      outputs: { done: float(restored) },
    },
    read: {
      inputs: {},
      outputs: {
        weights: float(read('weights'), weightSize),
        momentum: float(read('momentum'), weightSize),
        statistics: float(read('statistics'), statisticsSize),
        ...(lossScaling && {
          loss_scaling: float(ops.identity(ops.read(lossScaling), 'float32', 'loss_scaling_value'), 2),
        }),
      },
    },
    applyStatistics: { inputs: { batches: float(batches) }, outputs: { done: float(applied) } },
  };
}
