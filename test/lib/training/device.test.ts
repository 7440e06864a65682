import { expect, test } from 'vitest';
import { allocatorEnvironment, describeDevice, deviceEnvironment } from '../../../lib/training/device.ts';

const cpu = { kind: 'cpu', threads: 3 } as const;
const gpu = { kind: 'gpu', index: 2 } as const;
const float32 = { precision: 'float32', xla: false } as const;

test('a CPU process sees no GPU and uses its threads, with oneDNN', () => {
  expect(deviceEnvironment({}, cpu, float32)).toEqual({
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_ENABLE_ONEDNN_OPTS: '1',
    CUDA_VISIBLE_DEVICES: '-1',
    TF_NUM_INTRAOP_THREADS: '3',
    TF_NUM_INTEROP_THREADS: '3',
    OMP_NUM_THREADS: '3',
    TF_XLA_FLAGS: '',
  });
});

test('a GPU process sees only its GPU, takes memory as it needs it, and computes the same every time', () => {
  expect(deviceEnvironment({}, gpu, float32)).toMatchObject({
    CUDA_VISIBLE_DEVICES: '2',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_DETERMINISTIC_OPS: '1',
    TF_SYNC_ON_FINISH: 'false',
  });
  expect(deviceEnvironment({ CUDA_DEVICE_ORDER: 'FASTEST_FIRST' }, gpu, float32)['CUDA_DEVICE_ORDER']).toBe(
    'FASTEST_FIRST',
  );
});

test('a GPU is one of those that a batch system shows to the process', () => {
  const shown = (visible: string, index: number) =>
    deviceEnvironment({ CUDA_VISIBLE_DEVICES: visible }, { kind: 'gpu', index }, float32)['CUDA_VISIBLE_DEVICES'];
  expect(shown('3,5', 0)).toBe('3');
  expect(shown('GPU-8932f937,MIG-a1', 1)).toBe('MIG-a1');
  expect(shown(' 5, 3', 1)).toBe('3');
  // CUDA shows none from the first on that is none.
  for (const visible of ['3,5', '', '-1', '3,-1,5', '3,,5', 'NoDevFiles'])
    expect(() => shown(visible, 2)).toThrow(
      `GPU 2 was asked for, but CUDA_VISIBLE_DEVICES=${visible} does not show it`,
    );
});

test('other inherited variables stay', () => {
  expect(deviceEnvironment({ PATH: '/bin', OMP_NUM_THREADS: '64' }, cpu, float32)).toMatchObject({
    PATH: '/bin',
    OMP_NUM_THREADS: '3',
  });
});

test('TF32 is allowed if it is requested, whatever was inherited, and off for every other precision', () => {
  const override = (precision: 'float32' | 'tf32' | 'bfloat16' | 'float16') =>
    deviceEnvironment({ NVIDIA_TF32_OVERRIDE: '1' }, gpu, { precision, xla: false })['NVIDIA_TF32_OVERRIDE'];
  expect(override('tf32')).toBeUndefined();
  expect(['float32', 'bfloat16', 'float16'].map((precision) => override(precision as 'float32'))).toEqual([
    '0',
    '0',
    '0',
  ]);
});

test('XLA clusters on both kinds of device, and only on request', () => {
  for (const device of [cpu, gpu]) {
    expect(
      deviceEnvironment({ TF_XLA_FLAGS: '--tf_xla_auto_jit=1' }, device, { ...float32, xla: true })['TF_XLA_FLAGS'],
    ).toBe('--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit');
    expect(deviceEnvironment({ TF_XLA_FLAGS: '--tf_xla_auto_jit=1' }, device, float32)).toHaveProperty(
      'TF_XLA_FLAGS',
      '',
    );
  }
});

test('a device in words', () => {
  expect(describeDevice(cpu)).toBe('CPU, 3 threads');
  expect(describeDevice({ kind: 'cpu', threads: 1 })).toBe('CPU, 1 thread');
  expect(describeDevice(gpu)).toBe('GPU 2');
});

test("the allocator keeps the memory that a step frees, in huge pages, by one variable of glibc's tunables", () => {
  expect(allocatorEnvironment).toEqual({
    GLIBC_TUNABLES:
      'glibc.malloc.mmap_threshold=17179869184:glibc.malloc.trim_threshold=17179869184:glibc.malloc.top_pad=67108864:glibc.malloc.hugetlb=1',
  });
});
