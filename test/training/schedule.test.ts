import { describe, expect, it } from 'vitest';
import { protocolSchema } from '../../study/protocol.ts';
import { learningRate } from '../../training/schedule.ts';

const rates = (schedule: object, epochs = 4, stepsPerEpoch = 1) => {
  const protocol = protocolSchema.parse({ epochs, optimizer: { learningRate: 1 }, schedule });
  return Array.from({ length: epochs * stepsPerEpoch }, (_, index) =>
    learningRate(protocol, Math.floor(index / stepsPerEpoch), index % stepsPerEpoch, stepsPerEpoch),
  );
};
const expectClose = (values: number[], expected: number[]) => {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 12));
};

describe('the learning rate', () => {
  it('follows half a cosine from the base rate, set at the start of each epoch', () => {
    expectClose(rates({ kind: 'cosine' }), [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2]);
  });

  it('is the same for every step of an epoch, unless it is set per step', () => {
    const perEpoch = rates({ kind: 'cosine' }, 2, 2);
    expectClose(perEpoch, [1, 1, 0.5, 0.5]);
    expectClose(rates({ kind: 'cosine', per: 'step' }, 2, 2), [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2]);
  });

  it('ends a cosine at the minimum factor', () => {
    expectClose(rates({ kind: 'cosine', minimumFactor: 0.5 }, 2), [1, 0.75]);
  });

  it('falls by a factor after the given epochs', () => {
    expectClose(rates({ kind: 'step', stepEpochs: [1, 3], stepFactor: 0.1 }), [1, 0.1, 0.1, 0.01]);
  });

  it('rises linearly to the schedule during warm-up', () => {
    expectClose(rates({ kind: 'constant', warmupEpochs: 2, warmupFactor: 0.1 }), [0.1, 0.55, 1, 1]);
  });
});
