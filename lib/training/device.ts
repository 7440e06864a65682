import { operationsVariable } from '../native/environment.ts';
import type { TrainingProtocol } from './protocol.ts';
import { TrainingFailure } from './failures.ts';

/** What a training runs on: some threads of the CPU, or one GPU. */
export type Device = { kind: 'cpu'; threads: number } | { kind: 'gpu'; /** Among the visible ones. */ index: number };

/** NVIDIA's generation of a GPU, e.g. [8, 0] for an A100. */
export type ComputeCapability = readonly [major: number, minor: number];

/** A GPU as its driver describes it. */
export interface Gpu {
  /** Among those that the driver shows to this process, as TensorFlow counts them. */
  index: number;
  name: string;
  computeCapability: ComputeCapability;
  /** In all, free or not. */
  memoryBytes: number;
}

/** The order in which GPUs are counted unless CUDA_DEVICE_ORDER says otherwise: as in nvidia-smi, not the fastest first. */
export const deviceOrder = 'PCI_BUS_ID';

/**
 * An environment for a process that computes on a device at a precision: the inherited one with TensorFlow's and NVIDIA's own
 * variables set, or left out. They are read when the library loads, so they belong to the process and not to the session.
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
    // Group convolutions have gradients on the CPU only in oneDNN.
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_XLA_FLAGS: xla ? '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit' : '',
  };
  // Removed rather than set to 1: every value but 0 is reserved.
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
    // They are for CPUs.
    [operationsVariable]: '',
    ...gpuEnvironment(inherited, device.index),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Operations that could not be repeated to the bit fail; of cuDNN's algorithms the first that works is taken, not the
    // fastest of a measurement (`BestCudnnConvAlgorithmIndices` in tensorflow/core/kernels/gpu_utils.cc).
    TF_DETERMINISTIC_OPS: '1',
    // A step ends when the GPU has all its work: the next one is prepared and handed over meanwhile, and waited for is only what
    // is fetched, which are the losses of many steps (`ExecutorState::Finish` in tensorflow/core/common_runtime/executor.cc).
    TF_SYNC_ON_FINISH: 'false',
    // TensorFlow uses TF32 tensor cores unless this forbids it: float32 means all 23 bits.
    ...(precision === 'tf32' ? {} : { NVIDIA_TF32_OVERRIDE: '0' }),
  };
}

/**
 * The variables by which a process sees one GPU of those that this process sees.
 * @throws TrainingFailure if the inherited `CUDA_VISIBLE_DEVICES` does not show it
 */
export const gpuEnvironment = (inherited: NodeJS.ProcessEnv, index: number): NodeJS.ProcessEnv => ({
  CUDA_DEVICE_ORDER: inherited['CUDA_DEVICE_ORDER'] ?? deviceOrder,
  CUDA_VISIBLE_DEVICES: visibleGpu(inherited['CUDA_VISIBLE_DEVICES'], index),
});

/**
 * The GPU at a position of those that the machine, or a batch system by its variable, shows to this process: CUDA shows those
 * before the first that is none.
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
 * The C library's allocator for a training process, by glibc's tunables; other libraries ignore them. A step allocates and frees
 * the same memory as the one before it: kept in the process, it costs fewer page faults.
 *
 * Measured on two cores with the small network of bench/training (best of four in turns): 3 % more images/s in float32, 1 % in
 * bfloat16. What did not pay: huge pages (glibc.malloc.hugetlb=1: 3 to 9 % less CPU time per step with the own operations, but 1.7 s more
 * in the operating system until the first step of 60 blocks, which most trainings of small studies never win back); one arena for all threads (no faster); one operator at a time (TF_NUM_INTEROP_THREADS=1,
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

/** The device that `describeDevice` put into words; undefined for other words. */
export function deviceOf(description: string): Device | undefined {
  const [, threads] = /^CPU, (\d+) threads?$/.exec(description) ?? [];
  if (threads !== undefined) return { kind: 'cpu', threads: Number(threads) };
  const [, index] = /^GPU (\d+)/.exec(description) ?? [];
  return index === undefined ? undefined : { kind: 'gpu', index: Number(index) };
}

/** A GPU in words. */
export const describeGpu = ({ name, computeCapability: [major, minor] }: Gpu): string =>
  `${name}, compute capability ${major}.${minor}`;
