import { expect } from 'vitest';
import { computedConvolution, epsilon, type OwnConvolution, type Values } from './own-convolutions.ts';

/** The nearest bfloat16. */
export const toBfloat16 = (value: number): number => {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer) as unknown as [number];
  return new Float32Array(Uint32Array.of((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000).buffer)[0]!;
};

/** Whether a convolution multiplies pairs of bfloat16: what it normalizes as it reads is rounded to them. */
const multipliesPairs = ({ type, kernelSize, groupWidth }: OwnConvolution) =>
  type === 'bfloat16' && (kernelSize === 1 || groupWidth % 16 === 0);

/** The same in float64, but what follows from y or dx is computed from these outputs: they are rounded, which decides next to 0. */
function reference(one: OwnConvolution, inputs: Values, { y, dx }: { y: Float32Array; dx: Float32Array }) {
  const { kernelSize, batch, size, widthIn, width, groupWidth, stride, normalizes, normalized } = one;
  const { x, filter, dy } = inputs as Record<'x' | 'filter' | 'dy', Float32Array>;
  const outSize = Math.floor((size - 1) / stride) + 1;
  const pixels = batch * outSize ** 2;
  const of = (name: string, channel: number) => inputs[name]![channel]!;
  const before = (index: number) => {
    const channel = index % widthIn;
    const scale = of('inScale', channel) * of('inInverse', channel);
    return (x[index]! - of('inMean', channel)) * scale + of('inOffset', channel);
  };
  const factor = multipliesPairs(one) ? toBfloat16 : (value: number) => value;
  const read = Float64Array.from(x, (value, index) => (normalizes ? factor(Math.max(0, before(index))) : value));
  const gradientOf = (index: number) => {
    if (!normalized) return dy[index]!;
    const channel = index % width;
    const difference = y[index]! - of('outMean', channel);
    const scale = of('outScale', channel) * of('outInverse', channel);
    const passes = normalized === 'linear' || difference * scale + of('outOffset', channel) > 0;
    const slope = (of('outScaleGradient', channel) * of('outInverse', channel)) / pixels;
    return factor(scale * ((passes ? dy[index]! : 0) - of('outOffsetGradient', channel) / pixels - slope * difference));
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
    for (let o = 0; o < width; o++) {
      const gradient = gradientOf(pixel * width + o);
      const group = kernelSize === 1 ? 0 : o - (o % groupWidth);
      for (let tap = 0; tap < kernelSize ** 2; tap++) {
        // PyTorch's padding: as many zeros on every side.
        const inRow = row * stride + Math.floor(tap / kernelSize) - (kernelSize - 1) / 2;
        const inColumn = column * stride + (tap % kernelSize) - (kernelSize - 1) / 2;
        if (inRow < 0 || inColumn < 0 || inRow >= size || inColumn >= size) continue;
        const from = ((image * size + inRow) * size + inColumn) * widthIn + group;
        for (let i = 0; i < groupWidth; i++) {
          const weight = (tap * groupWidth + i) * width + o;
          result.y[pixel * width + o]! += read[from + i]! * filter[weight]!;
          result.dx[from + i]! += gradient * filter[weight]!;
          result.dfilter[weight]! += gradient * read[from + i]!;
        }
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

/** Fails at the first value that is further from the one expected than the root mean square of all, or itself, times a tolerance. */
function expectNear(name: string, values: Float32Array, expected: Float64Array, ofAll: number, ofItself: number) {
  expect(values, name).toHaveLength(expected.length);
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0) / expected.length);
  for (const [index, value] of expected.entries())
    if (!(Math.abs(values[index]! - value) <= ofAll * scale + ofItself * Math.abs(value)))
      expect.fail(`${name}[${index}] is ${values[index]}, not ${value}`);
}

/**
 * Fails unless all that a convolution gives agrees with float64: to 1e-5 of all, or 1e-6 of itself; in bfloat16 to its 8 bits, rounded once,
 * or to 1/256 of all if factors are rounded, too: some of them to the other side.
 */
export async function expectReference(one: OwnConvolution, directory: string): Promise<void> {
  const { inputs, outputs } = await computedConvolution(one, directory);
  const expected = reference(one, inputs, outputs as Record<'y' | 'dx', Float32Array>);
  for (const [name, values] of Object.entries(outputs)) {
    const isRounded = one.type === 'bfloat16' && ['y', 'dx', 'dfilter'].includes(name);
    const areFactorsRounded = isRounded && multipliesPairs(one) && (one.normalizes || one.normalized !== undefined);
    expectNear(name, values, expected[name as 'y'], areFactorsRounded ? 1 / 256 : 1e-5, isRounded ? 1 / 256 : 1e-6);
  }
}
