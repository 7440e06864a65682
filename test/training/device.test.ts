import { describe, expect, it } from 'vitest';
import { describeDevice, deviceEnvironment } from '../../training/device.ts';

const float32 = { precision: 'float32', xla: false } as const;

describe('the environment of a training process', () => {
  it('hides GPUs from a CPU slot and gives it its threads', () => {
    expect(deviceEnvironment({ kind: 'cpu', threads: 3 }, float32)).toMatchObject({
      CUDA_VISIBLE_DEVICES: '-1',
      TF_NUM_INTRAOP_THREADS: '3',
      OMP_NUM_THREADS: '3',
      TF_ENABLE_ONEDNN_OPTS: '1',
    });
  });

  it('shows a GPU slot its GPU alone, with memory that grows and deterministic kernels', () => {
    expect(deviceEnvironment({ kind: 'gpu', index: 2 }, float32)).toMatchObject({
      CUDA_VISIBLE_DEVICES: '2',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      TF_DETERMINISTIC_OPS: '1',
    });
  });

  it('allows TF32 only where the protocol asks for it', () => {
    const override = (precision: 'float32' | 'tf32') =>
      deviceEnvironment({ kind: 'gpu', index: 0 }, { precision, xla: false })['NVIDIA_TF32_OVERRIDE'];
    expect([override('float32'), override('tf32')]).toEqual(['0', '1']);
  });

  it('turns on XLA auto-clustering only where the protocol asks for it', () => {
    expect(deviceEnvironment({ kind: 'gpu', index: 0 }, { ...float32, xla: true })['TF_XLA_FLAGS']).toContain(
      'auto_jit=2',
    );
    expect(deviceEnvironment({ kind: 'gpu', index: 0 }, float32)).not.toHaveProperty('TF_XLA_FLAGS');
  });

  it('has a name for people', () => {
    expect(describeDevice({ kind: 'cpu', threads: 1 })).toBe('CPU, 1 thread');
    expect(describeDevice({ kind: 'gpu', index: 1 })).toBe('GPU 1');
  });
});
