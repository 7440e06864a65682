import { floatEndpoint as float, intEndpoint as int, type Signature, type Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';
import { optimizerSlots, perSlot, type OptimizerSlot } from './optimizer.ts';
import { entriesSize, weightCount, type StateLayout } from './state-layout.ts';

/** The variables of a training, by handle. */
export interface TrainingVariables {
  /** [weights of the layout] */
  weights: Tensor;
  /** Each [weights of the layout]. */
  slots: Record<OptimizerSlot, Tensor>;
  /** [statistics of the layout] */
  statistics: Tensor;
  /** Sum of the batches' statistics since the last time they were applied. */
  accumulated: Tensor;
  /** The latest losses, newest last. */
  losses: Tensor;
  /** Absent if the loss is not scaled. */
  lossScaling: Tensor | undefined;
}

/** Builds the signatures that restore and read the whole state, and replace the running statistics by accumulated ones. */
export function stateSignatures(
  ops: Ops,
  layout: StateLayout,
  { lossScaling, losses, ...variables }: TrainingVariables,
  lossCapacity: number,
): Record<string, Signature> {
  const weightSize = weightCount(layout);
  const statisticsSize = entriesSize(layout.statistics);
  const given = (name: string) => ops.fedFloats(`given_${name}`, [-1]);
  const statistics = given('statistics');
  const restored = ops.done('restored', [
    ...(lossScaling ? [ops.assign(lossScaling, given('loss_scaling'))] : []),
    ops.assign(variables.weights, given('weights')),
    ...optimizerSlots.map((slot) => ops.assign(variables.slots[slot], given(slot))),
    ops.assign(variables.statistics, statistics),
    ops.assign(variables.accumulated, ops.zerosLike(statistics)),
    ops.assign(losses, ops.float(Array<number>(lossCapacity).fill(0))),
  ]);
  const batches = ops.fedFloats('batches', []);
  const sum = ops.read(variables.accumulated);
  const applied = ops.done('statistics_applied', [
    ops.assign(variables.statistics, ops.divide(sum, batches)),
    ops.assign(variables.accumulated, ops.zerosLike(sum)),
  ]);
  const value = (name: string, variable: Tensor, size: number) =>
    float(ops.identity(ops.read(variable), 'float32', `${name}_value`), size);
  return {
    restore: {
      inputs: {
        weights: int('given_weights', weightSize),
        ...perSlot((slot) => int(`given_${slot}`, weightSize)),
        statistics: int('given_statistics', statisticsSize),
        ...(lossScaling && { loss_scaling: int('given_loss_scaling', 2) }),
      },
      outputs: { done: int(restored) },
    },
    read: {
      inputs: {},
      outputs: {
        weights: value('weights', variables.weights, weightSize),
        ...perSlot((slot) => value(slot, variables.slots[slot], weightSize)),
        statistics: value('statistics', variables.statistics, statisticsSize),
        ...(lossScaling && { loss_scaling: value('loss_scaling', lossScaling, 2) }),
      },
    },
    losses: { inputs: {}, outputs: { losses: value('losses', losses, lossCapacity) } },
    applyStatistics: { inputs: { batches: int('batches', 1) }, outputs: { done: int(applied) } },
  };
}
