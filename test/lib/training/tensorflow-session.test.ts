import { describe, expect, test } from 'vitest';
import { augmentationSchema, type Precision } from '../../../lib/training/protocol.ts';
import { stream } from '../../../lib/core/random.ts';
import { drawAugmentation, noAugmentation } from '../../../lib/training/augmentation.ts';
import type { BatchImages, NetworkState } from '../../../lib/training/session.ts';
import type { NormalizedImages, TensorFlowSession } from '../../../lib/training/tensorflow-session.ts';
import { cyclingLabels, description, openSession, randomPixels, imagesOf, extentsOf } from './sessions.ts';
import { bits } from './stored-state.ts';

const parameter = (state: NetworkState, name: string) => state.get(name) as Float32Array;

/** Normalized images of standard normal values. */
function normalImages(count: number, size: number, channels: number): NormalizedImages {
  const random = stream(5, 'images');
  return {
    values: Float32Array.from({ length: count * size * size * channels }, () => random.normal()),
    shape: [count, size, size, channels],
  };
}

/** A state with one value moved. */
function moved(state: NetworkState, name: string, index: number, by: number): NetworkState {
  const values = Float32Array.from(parameter(state, name));
  values[index] = values[index]! + by;
  return new Map(state).set(name, values);
}

/** The state with a head that is large enough for gradients well above rounding. */
function withLargeHead(state: NetworkState): NetworkState {
  const random = stream(6, 'head');
  const head = Float32Array.from(parameter(state, 'head.fc.weight'), () => 0.5 * random.normal());
  return new Map(state).set('head.fc.weight', head);
}

describe('a session', () => {
  test('restores and reads a whole state bit for bit', async () => {
    const { session, state } = await openSession({ dataset: description(8, 3) });
    const random = stream(2, 'state');
    const other = new Map([...state].map(([name, values]) => [name, values.map(() => random.normal())]));
    session.restore(other);
    expect(new Map(bits(session.read()))).toEqual(new Map(bits(other)));
  });

  test('refuses a state that lacks an array, or has one of the wrong size, by its name', async () => {
    const { session, state } = await openSession({ dataset: description(8, 3) });
    const lacking = new Map(state);
    lacking.delete('head.fc.bias');
    expect(() => session.restore(lacking)).toThrow('10 values of head.fc.bias, got none');
    expect(() => session.restore(new Map(state).set('head.fc.bias', new Float32Array(3)))).toThrow('got 3');
  });

  test('trains on resident images as on streamed ones, bit for bit, including a smaller last batch', async () => {
    const dataset = description(9, 3);
    const pixels = randomPixels(20, dataset);
    const labels = cyclingLabels(20, 10);
    const imageBytes = 9 * 9 * 3;
    const train = (session: TensorFlowSession, images: (indices: Int32Array) => BatchImages) => {
      const random = stream(4, 'augmentation');
      const losses = [Int32Array.of(3, 9, 1, 18, 0, 7, 12, 5), Int32Array.of(2, 19, 4), Int32Array.of(11, 8)].map(
        (indices) => {
          const augmentation = drawAugmentation(
            random,
            augmentationSchema.parse({}),
            extentsOf(indices, 9),
            dataset,
            9,
          );
          const batch = { images: images(indices), augmentation };
          session.trainStep(
            batch,
            indices.map((index) => labels[index]!),
            0.05,
          );
          session.accumulateStatistics(batch);
          return session.takeLosses();
        },
      );
      session.applyStatistics();
      return { losses, state: bits(session.read()), evaluation: session.evaluate(imagesOf(pixels, dataset), labels) };
    };
    const resident = await openSession({ dataset, residentPixels: pixels });
    const streamed = await openSession({ dataset });
    const ofResident = train(resident.session, (indices) => ({ extents: extentsOf(indices, 9) }));
    const ofStreamed = train(streamed.session, (indices) => {
      const parts = [...indices].map((index) => pixels.subarray(index * imageBytes, (index + 1) * imageBytes));
      return imagesOf(Buffer.concat(parts), dataset);
    });
    expect(ofStreamed).toEqual(ofResident);
    expect(ofResident.losses.flat().every(Number.isFinite)).toBe(true);
    expect(ofResident.losses.flat()).toHaveLength(3);
  });

  test('has the losses of all steps since the last call, more than TensorFlow holds', async () => {
    const { session } = await openSession({ dataset: description(8, 1) });
    const images = normalImages(4, 8, 1);
    const labels = cyclingLabels(4, 10);
    expect(session.takeLosses()).toEqual([]);
    const before = session.gradients(images, labels).loss;
    const drawn = imagesOf(randomPixels(4, description(8, 1)), description(8, 1));
    const batch = { images: drawn, augmentation: noAugmentation(drawn.extents, 1, 8) };
    for (let step = 0; step < 40; step++) session.trainStep(batch, labels, 0);
    const losses = session.takeLosses();
    expect(losses).toHaveLength(40);
    // A rate of zero: every step has the same loss.
    expect(new Set(losses).size).toBe(1);
    expect(session.trainStepOnNormalized(images, labels, 0.1)).toBe(before);
    expect(session.takeLosses()).toEqual([]);
  });

  test('refuses to apply statistics that were never accumulated', async () => {
    const { session } = await openSession({ dataset: description(8, 1) });
    expect(() => session.applyStatistics()).toThrow('no batch-norm statistics have been accumulated');
  });
});

describe('evaluation', () => {
  test.each([2, 5, 6, 10])(
    'with %i classes, equal logits are all errors: ties count against the network',
    async (classes) => {
      const dataset = description(8, 1, classes);
      const { session, state } = await openSession({ dataset });
      session.restore(
        new Map(state).set(
          'head.fc.weight',
          parameter(state, 'head.fc.weight').map(() => 0),
        ),
      );
      const sums = session.evaluate(imagesOf(randomPixels(7, dataset), dataset), cyclingLabels(7, classes));
      expect(sums).toMatchObject({ images: 7, top1Errors: 7, top5Errors: classes > 5 ? 7 : null });
      expect(sums.loss).toBeCloseTo(7 * Math.log(classes), 4);
    },
  );

  test('the five best classes count for top-5, only the best for top-1', async () => {
    const dataset = description(8, 1, 7);
    const { session, state } = await openSession({ dataset });
    session.restore(
      new Map(state)
        .set(
          'head.fc.weight',
          parameter(state, 'head.fc.weight').map(() => 0),
        )
        .set('head.fc.bias', Float32Array.of(7, 6, 5, 4, 3, 2, 1)),
    );
    // One image of each class: all are seen as class 0, and the first five classes are the five best.
    const sums = session.evaluate(imagesOf(randomPixels(7, dataset), dataset), cyclingLabels(7, 7));
    expect(sums).toMatchObject({ top1Errors: 6, top5Errors: 2 });
  });

  test('a network of NaN gets nothing right', async () => {
    const dataset = description(8, 1);
    const { session, state } = await openSession({ dataset });
    session.restore(new Map(state).set('head.fc.bias', new Float32Array(10).fill(NaN)));
    expect(session.evaluate(imagesOf(randomPixels(4, dataset), dataset), cyclingLabels(4, 10))).toMatchObject({
      top1Errors: 4,
      top5Errors: 4,
    });
  });
});

describe('one step', () => {
  test.each([
    { nesterov: true, momentum: 0.9, weightDecay: 0.01 },
    { nesterov: false, momentum: 0.9, weightDecay: 0.01 },
    { nesterov: false, momentum: 0, weightDecay: 0 },
  ])('moves every parameter as SGD in PyTorch does: %o', async (optimizer) => {
    const { nesterov, momentum, weightDecay } = optimizer;
    const dataset = description(8, 3);
    const { session, state } = await openSession({ dataset, protocol: { optimizer } });
    const random = stream(7, 'momentum');
    const start = new Map(
      [...state].map(([name, values]) => [
        name,
        name.endsWith('/momentum') ? values.map(() => 0.1 * random.normal()) : values,
      ]),
    );
    session.restore(start);
    const images = normalImages(6, 8, 3);
    const labels = cyclingLabels(6, 10);
    const { gradient, loss } = session.gradients(images, labels);
    expect(session.trainStepOnNormalized(images, labels, 0.1)).toBeCloseTo(loss, 6);
    const end = session.read();
    for (const [name, gradients] of gradient) {
      const [weights, velocities] = [parameter(start, name), parameter(start, `${name}/momentum`)];
      gradients.forEach((value, index) => {
        const decayed = value + weightDecay * weights[index]!;
        const velocity = momentum * velocities[index]! + decayed;
        const step = nesterov ? decayed + momentum * velocity : velocity;
        const difference = (parameter(end, name)[index] as number) - (weights[index]! - 0.1 * step);
        const velocityDifference = (parameter(end, `${name}/momentum`)[index] as number) - velocity;
        if (Math.abs(difference) > 1e-5 || Math.abs(velocityDifference) > 1e-4)
          expect.fail(`${name}[${index}] is off by ${difference}, its momentum by ${velocityDifference}`);
      });
    }
  });

  test.each([0, 0.2])('has the loss and the bias gradient of label smoothing %d', async (labelSmoothing) => {
    const classes = 4;
    const { session, state } = await openSession({
      dataset: description(8, 1, classes),
      protocol: { labelSmoothing },
    });
    session.restore(withLargeHead(state));
    const labels = cyclingLabels(5, classes);
    const { loss, logits, gradient } = session.gradients(normalImages(5, 8, 1), labels);
    let expectedLoss = 0;
    const expectedGradient = new Array<number>(classes).fill(0);
    labels.forEach((label, image) => {
      const row = [...logits.subarray(image * classes, (image + 1) * classes)];
      const logSum = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      row.forEach((logit, c) => {
        const target = labelSmoothing / classes + (c === label ? 1 - labelSmoothing : 0);
        expectedLoss -= (target * (logit - logSum)) / labels.length;
        expectedGradient[c] = expectedGradient[c]! + (Math.exp(logit - logSum) - target) / labels.length;
      });
    });
    expect(loss).toBeCloseTo(expectedLoss, 5);
    parameter(gradient, 'head.fc.bias').forEach((value, c) => expect(value).toBeCloseTo(expectedGradient[c]!, 5));
  });

  test('a rate of zero leaves the weights and moves the running statistics', async () => {
    const dataset = description(8, 1);
    const { session, state } = await openSession({ dataset });
    const images = imagesOf(randomPixels(4, dataset), dataset);
    session.trainStep({ images, augmentation: noAugmentation(images.extents, 1, 8) }, cyclingLabels(4, 10), 0);
    const end = session.read();
    expect(parameter(end, 'stem.conv.weight')).toEqual(parameter(state, 'stem.conv.weight'));
    expect(parameter(end, 'stem.bn.running_mean')).not.toEqual(parameter(state, 'stem.bn.running_mean'));
  });
});

const noBottleneck = { bottleneckRatios: [1, 1], groupWidths: [1, 1] };

describe('gradients agree with finite differences', () => {
  const stages = { stem: 'res_stem_cifar', stemWidth: 4, depths: [1, 1], widths: [4, 8] } as const;
  test.each([
    [
      'basic blocks, strides 1 and 2, even size',
      { ...stages, ...noBottleneck, blockType: 'res_basic_block', strides: [1, 2] },
      8,
    ],
    [
      'vanilla blocks, strides 3 and 1, odd size',
      { ...stages, ...noBottleneck, blockType: 'vanilla_block', strides: [3, 1] },
      11,
    ],
    [
      'bottleneck 1 and 4, depthwise and full groups, strides 2 and 3, odd size',
      { ...stages, strides: [2, 3], bottleneckRatios: [1, 4], groupWidths: [1, 2] },
      9,
    ],
    [
      'bottleneck 2, groups of 2, strides 3 and 2, even size, strided stem',
      { ...stages, stem: 'simple_stem_in', strides: [3, 2], bottleneckRatios: [2, 2], groupWidths: [2, 2] },
      16,
    ],
  ] as const)('%s', async (_, architecture, size) => {
    const { session, state } = await openSession({
      dataset: description(size, 2, 3),
      architecture: structuredClone(architecture) as never,
    });
    const start = withLargeHead(state);
    session.restore(start);
    const images = normalImages(6, size, 2);
    const labels = cyclingLabels(6, 3);
    const lossAt = (at: NetworkState) => {
      session.restore(at);
      return session.gradients(images, labels).loss;
    };
    const { gradient } = session.gradients(images, labels);
    const largestFirst = [...gradient]
      .map(([name, values]) => {
        const index = values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]!) ? at : best), 0);
        return { name, index, value: values[index]! };
      })
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    // The steepest value of the steepest parameters: there float32's rounding of the loss matters least.
    for (const { name, index, value } of largestFirst.slice(0, 6)) {
      // Short enough to cross no ReLU's kink, long enough to stand above the loss' rounding.
      const step = 1.25e-4;
      const slope = (lossAt(moved(start, name, index, step)) - lossAt(moved(start, name, index, -step))) / (2 * step);
      expect(
        Math.abs(slope - value) / Math.abs(value),
        `${name}[${index}]: ${value}, by differences ${slope}`,
      ).toBeLessThan(2e-2);
    }
  });
});

describe('a scaled loss', () => {
  const dataset = description(8, 3);
  const labels = cyclingLabels(6, 10);
  const trained = async (lossScaling: object | undefined, steps: number, featureOffset = 0) => {
    const { session, state } = await openSession({ dataset, protocol: { ...(lossScaling && { lossScaling }) } });
    const offset = parameter(state, 's2.b1.f.c_bn.bias').map(() => featureOffset);
    const start = new Map(state).set('s2.b1.f.c_bn.bias', offset);
    session.restore(start);
    const images = normalImages(6, 8, 3);
    const step = () => session.trainStepOnNormalized(images, labels, 0.001);
    for (let count = 0; count < steps; count++) step();
    return { session, start, step, end: session.read() };
  };

  test('by a power of two trains like an unscaled one, bit for bit, and its factor grows', async () => {
    const plain = await trained(undefined, 5);
    const scaled = await trained({ initial: 1024, growthInterval: 2 }, 5);
    const { loss_scaling: scaling, ...state } = Object.fromEntries(bits(scaled.end));
    expect(state).toEqual(Object.fromEntries(bits(plain.end)));
    expect(scaling).toBeDefined();
    expect(parameter(scaled.end, 'loss_scaling')).toEqual(Float32Array.of(4096, 1));
  });

  test('leaves everything as it is if a gradient overflows, but halves its factor', async () => {
    const { session, start, step, end } = await trained({ initial: 3.2e38 }, 2, 1000);
    const { loss_scaling: scaling, ...after } = Object.fromEntries(bits(end));
    expect(scaling).toBeDefined();
    expect(after).toEqual(Object.fromEntries(bits(start)));
    expect(parameter(end, 'loss_scaling')).toEqual(Float32Array.of(8e37, 0));

    for (let count = 0; count < 20; count++) step();
    const later = session.read();
    expect(parameter(later, 'head.fc.weight')).not.toEqual(parameter(start, 'head.fc.weight'));
    expect([...later.values()].every((values) => values.every(Number.isFinite))).toBe(true);
    expect(parameter(later, 'loss_scaling')[1]).toBeGreaterThan(0);
  });

  test('continues from the factor in a state', async () => {
    const { session, end } = await trained({ initial: 8, growthInterval: 3 }, 4);
    session.restore(end);
    expect(parameter(session.read(), 'loss_scaling')).toEqual(Float32Array.of(16, 1));
  });
});

test('float16 is computed with a scaled loss', async () => {
  const { session, state } = await openSession({ dataset: description(8, 3), protocol: { precision: 'float16' } });
  expect(state.has('loss_scaling')).toBe(false);
  expect(parameter(session.read(), 'loss_scaling')).toEqual(Float32Array.of(65536, 0));
});

// Without group convolutions, of which float16 has no gradient on a CPU.
const ungrouped = { stem: 'res_stem_cifar', stemWidth: 4, blockType: 'res_basic_block' } as const;

test.each(['bfloat16', 'float16'] as const)('%s computes close to float32', async (reduced) => {
  const gradientsAt = async (precision: Precision) => {
    const { session, state } = await openSession({
      dataset: description(8, 3),
      architecture: { ...ungrouped, depths: [1, 1], widths: [8, 16], strides: [1, 2], ...noBottleneck },
      protocol: { precision },
    });
    session.restore(withLargeHead(state));
    return session.gradients(normalImages(8, 8, 3), cyclingLabels(8, 10));
  };
  const [exact, rounded] = [await gradientsAt('float32'), await gradientsAt(reduced)];
  expect(Math.abs(rounded.loss - exact.loss) / exact.loss).toBeLessThan(0.03);
  expect(rounded.loss).not.toBe(exact.loss);
  for (const name of ['stem.conv.weight', 'head.fc.weight']) {
    const [a, b] = [parameter(exact.gradient, name), parameter(rounded.gradient, name)];
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    expect(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))).toBeGreaterThan(0.98);
    expect(Math.sqrt(dot(b, b) / dot(a, a))).toBeCloseTo(1, 1);
  }
});
