import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { expectReference } from './own-convolution-reference.ts';
import type { OwnConvolution } from './own-convolutions.ts';

const grouped = ({
  channels,
  ...one
}: Omit<OwnConvolution, 'kernelSize' | 'widthIn' | 'width'> & { channels: number }) =>
  ({ ...one, kernelSize: 3, widthIn: channels, width: channels }) satisfies OwnConvolution;

// Channels that fill no vector, half of one, several and a rest; rows shorter and longer than what is computed at a time; odd and even.
const shapes = [
  { channels: 8, size: 7 },
  { channels: 24, size: 8 },
  { channels: 40, size: 1 },
  { channels: 16, size: 33 },
  { channels: 200, size: 4 },
];

// Of whole vectors, on any processor.
const wideShapes = [
  { channels: 64, size: 5 },
  { channels: 192, size: 16 },
  { channels: 64, size: 31 },
];

const kinds = [
  { stride: 1, normalizes: false },
  { stride: 2, normalizes: false, normalized: 'linear' },
  { stride: 1, normalizes: true, normalized: 'relu' },
  { stride: 2, normalizes: true, normalized: 'relu' },
  { stride: 1, normalizes: true },
] as const;

describe('a group convolution, the statistics of its output and the gradients agree with float64', () => {
  const widths = [
    ...shapes.flatMap((shape) => [1, 2, 4, 8].map((groupWidth) => ({ ...shape, groupWidth }))),
    ...wideShapes.flatMap((shape) => [16, 32].map((groupWidth) => ({ ...shape, groupWidth }))),
  ];
  const cases = widths.flatMap((width) =>
    kinds.map((kind) => grouped({ batch: 3, ...width, ...kind, type: 'float32' })),
  );
  test.each(cases)(
    '$width channels in groups of $groupWidth, $size pixels, stride $stride, normalizes $normalizes, normalized $normalized',
    async (one) => expectReference(one, await temporaryFolder()),
  );

  test.each([
    { channels: 76, groupWidth: 2, ...kinds[3] },
    { channels: 64, groupWidth: 16, ...kinds[2] },
  ])('images copied in several strips: groups of $groupWidth', async (one) =>
    expectReference(grouped({ batch: 2, size: 60, ...one, type: 'float32' }), await temporaryFolder()),
  );

  const bfloat16Shapes = [
    { channels: 24, groupWidth: 4, size: 9 },
    // Of pairs: odd rows, even rows, several strips.
    { channels: 64, groupWidth: 16, size: 9 },
    { channels: 64, groupWidth: 32, size: 16 },
    { channels: 64, groupWidth: 16, size: 60 },
  ];
  test.each(bfloat16Shapes.flatMap((shape) => kinds.map((kind) => ({ ...shape, ...kind }))))(
    'in bfloat16: $channels channels in groups of $groupWidth, $size pixels, stride $stride, normalizes $normalizes, normalized $normalized',
    async (one) => expectReference(grouped({ batch: 2, ...one, type: 'bfloat16' }), await temporaryFolder()),
  );
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
