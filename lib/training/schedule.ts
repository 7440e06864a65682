import type { TrainingProtocol } from './protocol.ts';

/**
 * Returns the learning rate at a step, as pycls computes it (`pycls/core/optimizer.py`, `get_epoch_lr`): the schedule's factor at the time
 * in epochs, times the warm-up's. With `per: epoch` the time is the epoch's number, so a cosine never reaches its end; with `per: step` it
 * advances with every batch.
 * @param epoch counted from 0
 * @param step counted from 0 in each epoch
 */
export function learningRate(
  { optimizer, schedule, epochs }: Pick<TrainingProtocol, 'optimizer' | 'schedule' | 'epochs'>,
  epoch: number,
  step: number,
  stepsPerEpoch: number,
): number {
  const time = schedule.per === 'epoch' ? epoch : epoch + step / stepsPerEpoch;
  return optimizer.learningRate * scheduleFactor(schedule, time, epochs) * warmupFactor(schedule, time);
}

function scheduleFactor(schedule: TrainingProtocol['schedule'], time: number, epochs: number): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.stepFactor ** schedule.stepEpochs.filter((epoch) => time >= epoch).length;
    case 'cosine':
      return schedule.minimumFactor + ((1 - schedule.minimumFactor) * (1 + Math.cos((Math.PI * time) / epochs))) / 2;
  }
}

function warmupFactor({ warmupEpochs, warmupFactor }: TrainingProtocol['schedule'], time: number): number {
  if (time >= warmupEpochs) return 1;
  const progress = time / warmupEpochs;
  return warmupFactor * (1 - progress) + progress;
}
