import type { TrainingProtocol } from '../study/protocol.ts';

/** What a training runs on: some threads of the CPU, or one GPU. */
export type Device = { kind: 'cpu'; threads: number } | { kind: 'gpu'; index: number };

/**
 * The environment that makes a process compute on a device at a precision. Variables are TensorFlow's and NVIDIA's own; they
 * are read when the library loads, so they belong to the process and not to the session.
 */
export function deviceEnvironment(
  device: Device,
  { precision, xla }: Pick<TrainingProtocol, 'precision' | 'xla'>,
): Record<string, string> {
  const common = {
    TF_CPP_MIN_LOG_LEVEL: '2',
    // Group convolutions have gradients on the CPU only in oneDNN.
    TF_ENABLE_ONEDNN_OPTS: '1',
    ...(xla ? { TF_XLA_FLAGS: '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit' } : {}),
  };
  if (device.kind === 'cpu') {
    const threads = String(device.threads);
    return {
      ...common,
      CUDA_VISIBLE_DEVICES: '-1',
      TF_NUM_INTRAOP_THREADS: threads,
      TF_NUM_INTEROP_THREADS: threads,
      OMP_NUM_THREADS: threads,
    };
  }
  return {
    ...common,
    CUDA_VISIBLE_DEVICES: String(device.index),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_DETERMINISTIC_OPS: '1',
    // TensorFlow uses TF32 tensor cores unless it is told not to: float32 means all 23 bits.
    NVIDIA_TF32_OVERRIDE: precision === 'tf32' ? '1' : '0',
  };
}

/** A device in words, e.g. "CPU, 2 threads". */
export function describeDevice(device: Device): string {
  return device.kind === 'gpu'
    ? `GPU ${device.index}`
    : `CPU, ${device.threads} thread${device.threads === 1 ? '' : 's'}`;
}
