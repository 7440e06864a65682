import { expect, test } from 'vitest';
import { checkGoldenNetwork } from '../../../runtime/doctor/golden-network.ts';
import { TrainingFailure } from '../../../lib/training/failures.ts';
import type { compareWithGolden, GoldenDifferences } from '../../../lib/training/probes.ts';

const device = { kind: 'cpu', threads: 2 } as const;
const exact = { name: 'golden', firstLogits: 0, gradientNorms: 0, losses: 0, finalLogits: 0, state: 'a' };

/** A device whose trainings give these results, one after the other. */
const giving = (...results: Partial<GoldenDifferences>[]): typeof compareWithGolden => {
  const left = results.map((result) => ({ ...exact, ...result }));
  return () =>
    Promise.resolve({ differences: [left.shift()!], versions: { tensorflow: '2.21.0', device: 'CPU, 2 threads' } });
};

test('this machine trains the golden network as PyTorch does, twice with the same bits', async () => {
  const finding = await checkGoldenNetwork(device, 2);
  expect(finding).toEqual({
    name: 'training on CPU, 2 threads',
    status: 'ok',
    detail: 'agrees with PyTorch, twice with the same bits; TensorFlow 2.21.0 on CPU, 2 threads',
  });
});

test('numbers beyond the tolerance, or NaN, are a failure', async () => {
  expect(await checkGoldenNetwork(device, 1, undefined, giving({ losses: 2.5e-3 }))).toMatchObject({
    status: 'failure',
    detail: 'disagrees with PyTorch: losses differ by 2.5e-3 (at most 0.002)',
  });
  expect(await checkGoldenNetwork(device, 1, undefined, giving({ firstLogits: NaN }))).toMatchObject({
    status: 'failure',
  });
});

test('two trainings that end with different bits are a failure, even if both agree with PyTorch', async () => {
  expect(await checkGoldenNetwork(device, 2, undefined, giving({ state: 'a' }, { state: 'b' }))).toMatchObject({
    status: 'failure',
    detail: 'two identical trainings ended with different weights',
  });
});

test.each([
  ['missing-library', 'npm run study -- setup'],
  ['out-of-memory', /--slots/],
  ['no-gpu', /nvidia-smi/],
  ['internal', /see the message/],
] as const)('the finding for a training that fails for %s says how to fix it', async (kind, remedy) => {
  const failing = () => Promise.reject(new TrainingFailure(kind, 'why'));
  expect(await checkGoldenNetwork(device, 1, undefined, failing)).toMatchObject({
    status: 'failure',
    detail: 'why',
    remedy: typeof remedy === 'string' ? remedy : (expect.stringMatching(remedy) as string),
  });
});

test('the finding for a cache that cannot be written names the folder', async () => {
  const failing = () => Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));
  expect(await checkGoldenNetwork(device, 1, undefined, failing)).toMatchObject({
    status: 'failure',
    detail: 'EACCES: permission denied',
    remedy: expect.stringMatching(/^make \S+beyond-imagenet writable, or set XDG_CACHE_HOME/) as string,
  });
});

test('an interruption is not a finding', async () => {
  const interrupted = () => Promise.reject(new Error('interrupted'));
  await expect(checkGoldenNetwork(device, 1, undefined, interrupted)).rejects.toThrow('interrupted');
});
