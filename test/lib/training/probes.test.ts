import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { goldenTolerances } from '../../../lib/training/golden.ts';
import { compareWithGolden, measureSteps, type StepsTask } from '../../../lib/training/probes.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

const cases = JSON.parse(
  await readFile(new URL('../../../runtime/doctor/golden-case.json', import.meta.url), 'utf8'),
) as unknown;

test.each([1, 2, 3])(
  'the golden case agrees on %i threads, where others have a ReLU at its kink, and twice to the bit',
  async (threads) => {
    const compare = () => compareWithGolden({ kind: 'cpu', threads }, [cases]);
    const [first, second] = [await compare(), await compare()];
    for (const [measure, tolerance] of Object.entries(goldenTolerances))
      expect(first.differences[0]![measure as keyof typeof goldenTolerances], measure).toBeLessThan(tolerance / 10);
    expect(first.differences[0]!.state).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toEqual(first);
    expect(first.versions['device']).toMatch(`CPU, ${threads} thread`);
  },
);

const steps: StepsTask = {
  architecture: tinyArchitecture,
  imageSize: 16,
  classes: 10,
  batchSize: 8,
  warmUp: 1,
  steps: 2,
  precision: 'float32',
  device: { kind: 'cpu', threads: 1 },
};

test.each(['float32', 'bfloat16'] as const)('steps are measured at %s', async (precision) => {
  const { imagesPerSecond, versions } = await measureSteps({ ...steps, precision });
  expect(imagesPerSecond).toBeGreaterThan(0);
  expect(versions).toMatchObject({ precision });
});

test('a missing device, or a precision that it does not support, is a failure of the worker', async () => {
  await expect(measureSteps({ ...steps, device: { kind: 'gpu', index: 0 } })).rejects.toMatchObject({ kind: 'no-gpu' });
  await expect(measureSteps({ ...steps, precision: 'tf32' })).rejects.toMatchObject({
    kind: 'no-gpu',
    message: expect.stringContaining('tf32 needs a GPU') as string,
  });
});
