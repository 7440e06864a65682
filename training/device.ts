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

/**
 * The C library's allocator for a training process, by glibc's tunables; other libraries ignore them. A step allocates and frees
 * the same memory as the one before it: kept in the process, it costs fewer page faults.
 *
 * Measured on two cores with the small network of bench/training (best of four in turns): 3 % more images/s in float32, 1 % in
 * bfloat16. What did not pay: huge pages (glibc.malloc.hugetlb=1: 5 % more images/s there, 1 % on a network of 340 MF, but a first
 * step of 60 blocks 0.9 s later); one arena for all threads (no faster); one operator at a time (TF_NUM_INTEROP_THREADS=1,
 * slower); no Grappler (the first step of 60 blocks 0.9 s sooner, but each step 10 % slower).
 */
export const allocatorEnvironment = {
  GLIBC_TUNABLES: [
    `glibc.malloc.mmap_threshold=${2 ** 34}`,
    `glibc.malloc.trim_threshold=${2 ** 34}`,
    `glibc.malloc.top_pad=${2 ** 26}`,
  ].join(':'),
};

/** A device in words, e.g. "CPU, 2 threads". */
export function describeDevice(device: Device): string {
  return device.kind === 'gpu'
    ? `GPU ${device.index}`
    : `CPU, ${device.threads} thread${device.threads === 1 ? '' : 's'}`;
}
