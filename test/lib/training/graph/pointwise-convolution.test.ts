import { describe, expect, test } from 'vitest';
import { nativeOperations } from '../../../../lib/training/native-operations.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { epsilon, pointwiseConvolution, type PointwiseConvolution } from './pointwise-convolutions.ts';

type Values = Record<string, Float32Array>;

/** The same in float64, but what follows from y or dx is computed from these outputs: they are rounded, which decides next to 0. */
function reference(one: PointwiseConvolution, inputs: Values, { y, dx }: { y: Float32Array; dx: Float32Array }) {
  const { batch, size, widthIn, width, stride, normalizes, normalized } = one;
  const { x, filter, dy } = inputs as Record<'x' | 'filter' | 'dy', Float32Array>;
  const outSize = Math.floor((size - 1) / stride) + 1;
  const pixels = batch * outSize ** 2;
  const of = (name: string, channel: number) => inputs[name]![channel]!;
  const before = (index: number) => {
    const channel = index % widthIn;
    const scale = of('inScale', channel) * of('inInverse', channel);
    return (x[index]! - of('inMean', channel)) * scale + of('inOffset', channel);
  };
  const read = (index: number) => (normalizes ? Math.max(0, before(index)) : x[index]!);
  const gradientOf = (index: number) => {
    if (!normalized) return dy[index]!;
    const channel = index % width;
    const difference = y[index]! - of('outMean', channel);
    const scale = of('outScale', channel) * of('outInverse', channel);
    const passes = normalized === 'linear' || difference * scale + of('outOffset', channel) > 0;
    const slope = (of('outScaleGradient', channel) * of('outInverse', channel)) / pixels;
    return scale * ((passes ? dy[index]! : 0) - of('outOffsetGradient', channel) / pixels - slope * difference);
  };
  const result = {
    y: new Float64Array(dy.length),
    mean: new Float64Array(width),
    variance: new Float64Array(width),
    inverse: new Float64Array(width),
    dx: new Float64Array(x.length),
    dfilter: new Float64Array(filter.length),
    dscale: new Float64Array(widthIn),
    doffset: new Float64Array(widthIn),
  };
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [image, row, column] = [
      Math.floor(pixel / outSize ** 2),
      Math.floor(pixel / outSize) % outSize,
      pixel % outSize,
    ];
    const from = ((image * size + row * stride) * size + column * stride) * widthIn;
    for (let o = 0; o < width; o++) {
      const gradient = gradientOf(pixel * width + o);
      for (let i = 0; i < widthIn; i++) {
        const weight = i * width + o;
        result.y[pixel * width + o]! += read(from + i) * filter[weight]!;
        result.dx[from + i]! += gradient * filter[weight]!;
        result.dfilter[weight]! += gradient * read(from + i);
      }
      result.mean[o]! += y[pixel * width + o]! / pixels;
    }
  }
  for (const [index, value] of y.entries()) {
    const channel = index % width;
    result.variance[channel]! += (value - result.mean[channel]!) ** 2 / (pixels - 1);
  }
  for (const [channel, variance] of result.variance.entries())
    result.inverse[channel] = 1 / Math.sqrt((variance * (pixels - 1)) / pixels + epsilon);
  if (normalizes)
    for (const [index, gradient] of dx.entries()) {
      const channel = index % widthIn;
      if (!(before(index) > 0)) continue;
      result.dscale[channel]! += gradient * (x[index]! - of('inMean', channel)) * of('inInverse', channel);
      result.doffset[channel]! += gradient;
    }
  return result;
}

/** Fails at the first value that is further from the one expected than the root mean square of all times a tolerance. */
function expectNear(name: string, values: Float32Array, expected: Float64Array, tolerance: number) {
  expect(values, name).toHaveLength(expected.length);
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0) / expected.length);
  for (const [index, value] of expected.entries())
    if (!(Math.abs(values[index]! - value) <= tolerance * scale))
      expect.fail(`${name}[${index}] is ${values[index]}, not ${value}`);
}

async function expectReference(one: PointwiseConvolution) {
  const { inputs, outputs } = await pointwiseConvolution(one, await temporaryFolder());
  const expected = reference(one, inputs, outputs as Record<'y' | 'dx', Float32Array>);
  for (const [name, values] of Object.entries(outputs)) expectNear(name, values, expected[name as 'y'], 1e-5);
}

test('the process has own operations', () => {
  expect(nativeOperations()).toEqual({ available: true });
});

test('a convolution gives the statistics that the batch norm of its output would take, to the bit', async () => {
  const one = { batch: 3, size: 31, widthIn: 12, width: 40, stride: 1, normalizes: false } as const;
  const { outputs, apart } = await pointwiseConvolution(one, await temporaryFolder());
  for (const name of ['mean', 'variance', 'inverse']) expect(outputs[name], name).toEqual(apart[name]);
});

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
  const cases = shapes.flatMap((shape) => kinds.map((kind): PointwiseConvolution => ({ ...shape, ...kind })));
  test.each(cases)(
    '$widthIn to $width channels, $size pixels, stride $stride, normalizes $normalizes, normalized $normalized',
    (one) => expectReference(one),
  );
});
