import { operationsVariable } from '../native/environment.ts';
import type { TrainingProtocol } from './protocol.ts';
import { TrainingFailure } from './failures.ts';

/** The device of a training: some threads of the CPU, or one GPU. */
export type Device = { kind: 'cpu'; threads: number } | { kind: 'gpu'; /** Among the visible ones. */ index: number };

/** NVIDIA's generation of a GPU, e.g. [8, 0] for an A100. */
export type ComputeCapability = readonly [major: number, minor: number];

/** A GPU as its driver describes it. */
export interface Gpu {
  /** Position among the GPUs that the driver shows to this process, in TensorFlow's order. */
  index: number;
  name: string;
  computeCapability: ComputeCapability;
  /** Total memory, free or not. */
  memoryBytes: number;
}

/** The order of GPUs unless CUDA_DEVICE_ORDER says otherwise: as in nvidia-smi, not the fastest first. */
export const deviceOrder = 'PCI_BUS_ID';

/**
 * Returns the environment for a process that computes on a device at a precision: the inherited one with TensorFlow's and NVIDIA's
 * variables set or removed. They are read when the library loads, so they belong to the process and not to the session.
 * @throws TrainingFailure if the inherited `CUDA_VISIBLE_DEVICES` does not show the GPU
 */
export function deviceEnvironment(
  inherited: NodeJS.ProcessEnv,
  device: Device,
  { precision, xla }: Pick<TrainingProtocol, 'precision' | 'xla'>,
): NodeJS.ProcessEnv {
  const common: NodeJS.ProcessEnv = {
    ...inherited,
    TF_CPP_MIN_LOG_LEVEL: '2',
    // On the CPU, only oneDNN has gradients of group convolutions.
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_XLA_FLAGS: xla ? '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit' : '',
  };
  // Removed rather than set to 1, because every value but 0 is reserved.
  delete common['NVIDIA_TF32_OVERRIDE'];
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
    // This project's operations are for CPUs.
    [operationsVariable]: '',
    ...gpuEnvironment(inherited, device.index),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Operations that are not reproducible to the bit fail; of cuDNN's algorithms, the first that works is taken, not the one measured to
    // be fastest (`BestCudnnConvAlgorithmIndices` in tensorflow/core/kernels/gpu_utils.cc).
    TF_DETERMINISTIC_OPS: '1',
    // A step returns once all its work is queued on the GPU, so that the next one is prepared and queued meanwhile; only fetches wait, and
    // those are the losses of many steps (`ExecutorState::Finish` in tensorflow/core/common_runtime/executor.cc).
    TF_SYNC_ON_FINISH: 'false',
    // TensorFlow uses TF32 tensor cores unless this forbids it: float32 means all 23 bits.
    ...(precision === 'tf32' ? {} : { NVIDIA_TF32_OVERRIDE: '0' }),
  };
}

/**
 * Returns the variables that show a process one of the GPUs that this process sees.
 * @throws TrainingFailure if the inherited `CUDA_VISIBLE_DEVICES` does not show it
 */
export const gpuEnvironment = (inherited: NodeJS.ProcessEnv, index: number): NodeJS.ProcessEnv => ({
  CUDA_DEVICE_ORDER: inherited['CUDA_DEVICE_ORDER'] ?? deviceOrder,
  CUDA_VISIBLE_DEVICES: visibleGpu(inherited['CUDA_VISIBLE_DEVICES'], index),
});

/**
 * Returns the GPU at a position among those that the machine, or a batch system by its variable, shows to this process. CUDA ignores
 * everything from the first invalid entry on.
 */
function visibleGpu(visible: string | undefined, index: number): string {
  if (visible === undefined) return String(index);
  const gpus = visible.split(',').map((gpu) => gpu.trim());
  const gpu = gpus[index];
  if (gpu === undefined || gpus.slice(0, index + 1).some((one) => one === '' || one === '-1'))
    throw new TrainingFailure(
      'no-gpu',
      `GPU ${index} was asked for, but CUDA_VISIBLE_DEVICES=${visible} does not show it`,
    );
  return gpu;
}

/**
 * Settings of the C library's allocator for a training process, as glibc's tunables; other C libraries ignore them. Each step allocates and
 * frees the same memory as the one before it: keeping it in the process saves page faults. Huge pages are used if the machine offers them
 * (`madvise` or `always` in /sys/kernel/mm/transparent_hugepage/enabled).
 *
 * Measured on two cores with the networks of bench/training (best of several in turns): keeping memory makes the small network's steps 3 %
 * faster in float32; huge pages make those of all networks 2 to 18 % faster and the first step of 60 blocks 0.2 s sooner, with 1 to 4 %
 * more memory. Tried without gain: one arena for all threads (no faster); one operator at a time (TF_NUM_INTEROP_THREADS=1, slower); no
 * Grappler (the first step of 60 blocks 0.9 s sooner, but each step 10 % slower).
 */
export const allocatorEnvironment = {
  GLIBC_TUNABLES: [
    `glibc.malloc.mmap_threshold=${2 ** 34}`,
    `glibc.malloc.trim_threshold=${2 ** 34}`,
    `glibc.malloc.top_pad=${2 ** 26}`,
    'glibc.malloc.hugetlb=1',
  ].join(':'),
};

/** Describes a device, e.g. as "CPU, 2 threads". */
export function describeDevice(device: Device): string {
  return device.kind === 'gpu'
    ? `GPU ${device.index}`
    : `CPU, ${device.threads} thread${device.threads === 1 ? '' : 's'}`;
}

/** Parses a description by `describeDevice`; undefined for other text. */
export function deviceOf(description: string): Device | undefined {
  const [, threads] = /^CPU, (\d+) threads?$/.exec(description) ?? [];
  if (threads !== undefined) return { kind: 'cpu', threads: Number(threads) };
  const [, index] = /^GPU (\d+)/.exec(description) ?? [];
  return index === undefined ? undefined : { kind: 'gpu', index: Number(index) };
}

/** Describes a GPU. */
export const describeGpu = ({ name, computeCapability: [major, minor] }: Gpu): string =>
  `${name}, compute capability ${major}.${minor}`;
