import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { expectReference } from './own-convolution-reference.ts';
import { computedConvolution, type OwnConvolution } from './own-convolutions.ts';

const types = ['float32', 'bfloat16'] as const;

const pointwise = (one: Omit<OwnConvolution, 'kernelSize' | 'groupWidth'>): OwnConvolution => ({
  ...one,
  ...{ kernelSize: 1, groupWidth: one.widthIn },
});

test.each(types)(
  'a convolution computes the same statistics as the batch norm of its output would, to the bit, in %s',
  async (type) => {
    const one = pointwise({ batch: 3, size: 31, widthIn: 12, width: 40, stride: 1, normalizes: false, type });
    const { outputs, apart } = await computedConvolution(one, await temporaryFolder());
    for (const name of ['mean', 'variance', 'inverse']) expect(outputs[name], name).toEqual(apart[name]);
  },
);

describe('a 1x1 convolution, the statistics of its output and the gradients agree with float64', () => {
  // Channels that fill no vector, one, one and a half, several tiles and a rest; one pixel, and pixels of several chunks and blocks.
  const shapes = [
    { batch: 3, size: 1, widthIn: 5, width: 3 },
    { batch: 2, size: 7, widthIn: 8, width: 24 },
    { batch: 3, size: 9, widthIn: 16, width: 100 },
    { batch: 2, size: 33, widthIn: 36, width: 8 },
    { batch: 2, size: 14, widthIn: 200, width: 136 },
  ];
  const kinds = [
    { stride: 1, normalizes: false },
    { stride: 2, normalizes: false, normalized: 'linear' },
    { stride: 1, normalizes: true, normalized: 'relu' },
    { stride: 3, normalizes: false, normalized: 'relu' },
    { stride: 1, normalizes: true },
  ] as const;
  const cases = types.flatMap((type) =>
    shapes.flatMap((shape) => kinds.map((kind) => pointwise({ ...shape, ...kind, type }))),
  );
  test.each(cases)(
    '$type, $widthIn to $width channels, $size pixels, stride $stride, normalizes $normalizes, normalized $normalized',
    async (one) => expectReference(one, await temporaryFolder()),
  );
});
