import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nativeOperations } from '../../../../lib/training/native-operations.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { groupConvolution, type GroupConvolution } from './group-convolutions.ts';

/** The same in float64, with PyTorch's padding of one zero on every side. */
function reference(one: GroupConvolution, { x, filter, dy }: Record<'x' | 'filter' | 'dy', Float32Array>) {
  const { batch, size, channels, groupWidth, stride } = one;
  const outSize = Math.floor((size - 1) / stride) + 1;
  const result = {
    y: new Float64Array(dy.length),
    dx: new Float64Array(x.length),
    dfilter: new Float64Array(filter.length),
  };
  const taps = Array.from({ length: 9 }, (_, tap) => [Math.floor(tap / 3), tap % 3] as const);
  for (let output = 0; output < dy.length; output++) {
    const channel = output % channels;
    const column = Math.floor(output / channels) % outSize;
    const row = Math.floor(output / channels / outSize) % outSize;
    const image = Math.floor(output / channels / outSize ** 2);
    expect(image).toBeLessThan(batch);
    for (const [tap, [ky, kx]] of taps.entries()) {
      const [inRow, inColumn] = [row * stride + ky - 1, column * stride + kx - 1];
      if (inRow < 0 || inColumn < 0 || inRow >= size || inColumn >= size) continue;
      const pixel = ((image * size + inRow) * size + inColumn) * channels;
      for (let j = 0; j < groupWidth; j++) {
        const input = pixel + channel - (channel % groupWidth) + j;
        const weight = (tap * groupWidth + j) * channels + channel;
        result.y[output]! += x[input]! * filter[weight]!;
        result.dx[input]! += dy[output]! * filter[weight]!;
        result.dfilter[weight]! += dy[output]! * x[input]!;
      }
    }
  }
  return result;
}

const scaleOf = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

/** Fails at the first value that is further from the one expected than the root mean square of all, or itself, times a tolerance. */
function expectNear(name: string, values: Float32Array, expected: Float64Array, ofAll: number, ofItself: number) {
  expect(values, name).toHaveLength(expected.length);
  const scale = scaleOf(expected);
  for (const [index, value] of expected.entries())
    if (!(Math.abs(values[index]! - value) <= ofAll * scale + ofItself * Math.abs(value)))
      expect.fail(`${name}[${index}] is ${values[index]}, not ${value}`);
}

// Channels that fill no vector, half of one, several and a rest; rows shorter and longer than what is computed at a time; odd and even.
const shapes = [
  { channels: 8, size: 7 },
  { channels: 24, size: 8 },
  { channels: 40, size: 1 },
  { channels: 16, size: 33 },
  { channels: 200, size: 4 },
] as const;

const cases = shapes.flatMap((shape) =>
  [2, 4, 8].flatMap((groupWidth) =>
    ([1, 2] as const).map((stride): GroupConvolution => ({ batch: 3, ...shape, groupWidth, stride, type: 'float32' })),
  ),
);

test('the process has own operations', () => {
  expect(nativeOperations()).toEqual({ available: true });
});

test.each(cases)(
  'a convolution of groups of $groupWidth, stride $stride, agrees with float64: $size pixels, $channels channels',
  async (one) => {
    const { inputs, outputs } = await groupConvolution(one, await temporaryFolder());
    const expected = reference(one, inputs);
    for (const name of ['y', 'dx', 'dfilter'] as const) expectNear(name, outputs[name], expected[name], 1e-5, 0);
  },
);

test('images that are copied in several strips', async () => {
  const one: GroupConvolution = { batch: 2, size: 60, channels: 76, groupWidth: 2, stride: 2, type: 'float32' };
  const { inputs, outputs } = await groupConvolution(one, await temporaryFolder());
  const expected = reference(one, inputs);
  for (const name of ['y', 'dx', 'dfilter'] as const) expectNear(name, outputs[name], expected[name], 1e-5, 0);
});

test.each([1, 2] as const)('in bfloat16 results are rounded once, to 8 bits; stride %i', async (stride) => {
  const one: GroupConvolution = { batch: 2, size: 9, channels: 24, groupWidth: 4, stride, type: 'bfloat16' };
  const { inputs, outputs } = await groupConvolution(one, await temporaryFolder());
  const expected = reference(one, inputs);
  for (const name of ['y', 'dx', 'dfilter'] as const) expectNear(name, outputs[name], expected[name], 1e-5, 1 / 256);
});

test('the number of threads changes no bit', async () => {
  const digests = await Promise.all(
    ['1', '2', '7'].map(async (threads) => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--import', 'tsx', fileURLToPath(new URL('own-operations-digest.ts', import.meta.url))],
        { env: { ...process.env, TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: '1' } },
      );
      return stdout;
    }),
  );
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(digests).size).toBe(1);
});
