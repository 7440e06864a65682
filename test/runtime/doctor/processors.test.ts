import { expect, test, vi } from 'vitest';
import { checkProcessors } from '../../../runtime/doctor/processors.ts';
import type { Device } from '../../../lib/training/device.ts';
import type { GpuDriver } from '../../../lib/training/gpus.ts';

const cpu: Device[] = [
  { kind: 'cpu', threads: 1 },
  { kind: 'cpu', threads: 1 },
];
const gpu = (index: number): Device => ({ kind: 'gpu', index });
const driver: GpuDriver = {
  version: '570.124.06',
  cuda: '12.8',
  gpus: [
    { index: 0, name: 'NVIDIA A100-SXM4-40GB', computeCapability: [8, 0], memoryBytes: 42.3e9 },
    { index: 1, name: 'Tesla V100-SXM2-16GB', computeCapability: [7, 0], memoryBytes: 16.9e9 },
  ],
};

test('if there is no GPU and none is requested, the CPU is named', () => {
  const [finding, ...others] = checkProcessors(cpu, false, () => undefined);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(/^no GPU: 2 slots of CPU, 1 thread; the CPU has \d+ cores/) as string,
  });
});

test('each GPU is named with the precisions that it supports', () => {
  expect(checkProcessors([gpu(0), gpu(1)], false, () => driver)).toEqual([
    {
      name: 'GPU 0',
      status: 'ok',
      detail:
        'NVIDIA A100-SXM4-40GB, compute capability 8.0, 42 GB; driver 570.124.06, CUDA 12.8; float32, tf32, bfloat16, float16',
    },
    {
      name: 'GPU 1',
      status: 'ok',
      detail: 'Tesla V100-SXM2-16GB, compute capability 7.0, 17 GB; driver 570.124.06, CUDA 12.8; float32, float16',
    },
  ]);
});

test('unused GPUs are a warning', () => {
  expect(checkProcessors(cpu, false, () => driver).at(-1)).toMatchObject({
    name: 'slots',
    status: 'warning',
    detail: '2 slots of CPU, 1 thread, though there are GPUs',
  });
});

test.each<[string, Device[], boolean, GpuDriver | undefined, string]>([
  ['a driver', [gpu(0)], false, undefined, "GPU 0 was asked for, but NVIDIA's driver is not installed"],
  ['that GPU', [gpu(0), gpu(2)], false, driver, 'GPU 2 was asked for, but the driver shows 2 to this process'],
  ['any GPU', cpu, true, { ...driver, gpus: [] }, 'a GPU was asked for, but the driver shows 0 to this process'],
  [
    'a driver of this age',
    [gpu(0)],
    false,
    { ...driver, version: '470.57.02', cuda: '11.4' },
    "the driver 470.57.02 runs CUDA 11.4; TensorFlow's libraries need CUDA 12",
  ],
])('a GPU that is requested without %s is a failure with its remedy', (_, devices, asks, found, detail) => {
  const [finding] = checkProcessors(devices, asks, () => found);
  expect(finding).toMatchObject({ name: 'GPUs', status: 'failure', remedy: expect.any(String) as string });
  expect(finding!.detail).toContain(detail);
});

test('the finding says what hides the GPUs, and how to train without them', () => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
  const hidden = { ...driver, gpus: [] };
  expect(checkProcessors(cpu, false, () => hidden)).toMatchObject([
    { status: 'ok', detail: expect.stringMatching(/^no GPU \(CUDA_VISIBLE_DEVICES=-1\): 2 slots/) as string },
  ]);
  const remedyOf = (devices: Device[], asks: boolean) => checkProcessors(devices, asks, () => hidden)[0]!.remedy;
  expect(remedyOf([gpu(0)], false)).toMatch(/train on the CPU: --gpus none$/);
  expect(remedyOf([gpu(0)], true)).toMatch(/train on the CPU: BEYOND_IMAGENET_DEVICE=cpu$/);
  vi.unstubAllEnvs();
});

test('the finding for a failing driver has a text of its own', () => {
  const broken = () => {
    throw new Error('the GPU driver failed: cuInit returned 803');
  };
  const told = 'the GPU driver failed: cuInit returned 803';
  expect(checkProcessors([gpu(0)], false, broken)).toMatchObject([{ status: 'failure', detail: told }]);
  // The driver is not needed to train on the CPU.
  expect(checkProcessors(cpu, false, broken)).toMatchObject([{ status: 'ok' }, { status: 'warning', detail: told }]);
});
