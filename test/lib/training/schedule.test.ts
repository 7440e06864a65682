import { describe, expect, test } from 'vitest';
import { optimizerSchema, scheduleSchema } from '../../../lib/training/protocol.ts';
import { learningRate } from '../../../lib/training/schedule.ts';

const rates = (schedule: object, times: readonly (readonly [epoch: number, step: number])[], epochs = 4) =>
  times.map(([epoch, step]) =>
    learningRate(
      { optimizer: optimizerSchema.parse({ learningRate: 0.8 }), schedule: scheduleSchema.parse(schedule), epochs },
      epoch,
      step,
      10,
    ),
  );

/** Each epoch's first step. */
const starts = [
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 0],
] as const;

function expectRates(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((rate, index) => expect(rate).toBeCloseTo(expected[index]!, 12));
}

describe('cosine', () => {
  test('falls from the full rate along half a cosine, by epochs', () => {
    expectRates(rates({ kind: 'cosine' }, starts), [0.8, 0.682842712474619, 0.4, 0.117157287525381]);
  });

  test('per epoch, every step of an epoch has the rate of its first', () => {
    expect(rates({ kind: 'cosine' }, [[1, 9]])).toEqual(rates({ kind: 'cosine' }, [[1, 0]]));
  });

  test('per step, half of the second of two epochs is three quarters of the way', () => {
    expectRates(rates({ kind: 'cosine', per: 'step' }, [[1, 5]], 2), [0.117157287525381]);
  });

  test('a minimum factor is where the cosine ends', () => {
    expectRates(
      rates({ kind: 'cosine', minimumFactor: 0.5 }, starts),
      [0.8, 0.7414213562373095, 0.6, 0.4585786437626905],
    );
  });
});

describe('step', () => {
  test('the rate is multiplied by the factor after each named epoch', () => {
    expectRates(rates({ kind: 'step', stepEpochs: [1, 3], stepFactor: 0.5 }, starts), [0.8, 0.4, 0.4, 0.2]);
  });

  test('the order of the epochs does not matter', () => {
    expectRates(rates({ kind: 'step', stepEpochs: [3, 1], stepFactor: 0.5 }, starts), [0.8, 0.4, 0.4, 0.2]);
  });

  test('per step, the rate changes at the first step after the epoch, not before', () => {
    const times = [
      [0, 9],
      [1, 0],
      [1, 1],
    ] as const;
    expectRates(rates({ kind: 'step', per: 'step', stepEpochs: [1] }, times), [0.8, 0.08, 0.08]);
  });
});

test('constant stays as it is', () => {
  expectRates(rates({ kind: 'constant' }, starts), [0.8, 0.8, 0.8, 0.8]);
});

describe('warm-up', () => {
  test('rises linearly from its factor over the warm-up epochs', () => {
    expectRates(rates({ kind: 'constant', warmupEpochs: 2, warmupFactor: 0.1 }, starts), [0.08, 0.44, 0.8, 0.8]);
  });

  test('per step, it rises within an epoch', () => {
    const times = [
      [0, 0],
      [0, 5],
      [1, 0],
    ] as const;
    expectRates(rates({ kind: 'constant', per: 'step', warmupEpochs: 1, warmupFactor: 0.2 }, times), [0.16, 0.48, 0.8]);
  });

  test('multiplies the schedule', () => {
    expectRates(
      rates({ kind: 'cosine', warmupEpochs: 2, warmupFactor: 0 }, starts),
      [0, 0.3414213562373095, 0.4, 0.117157287525381],
    );
  });
});
