import { describeDevice, describeGpu, type Device, type Gpu } from './device.ts';
import { engineVersion } from './engine-version.ts';
import { TrainingFailure } from './failures.ts';
import { cpuHasBfloat16, resolvePrecision } from './precision.ts';
import type { Precision, TrainingProtocol } from './protocol.ts';
import { tensorflow } from './tensorflow-binding.ts';

/** What a process computes with. */
export interface Backend {
  precision: Precision;
  /** What a run's record names. */
  versions: Record<string, string>;
}

/**
 * Loads TensorFlow and checks that it has the device it is to compute on, at the precision that is wanted.
 * @throws TrainingFailure where a GPU is asked for and TensorFlow sees none, or a precision that the device has not
 */
export async function openBackend(
  device: Device,
  wanted: Pick<TrainingProtocol, 'precision' | 'allowedPrecisions'>,
): Promise<Backend> {
  const gpu = device.kind === 'gpu' ? await gpuOf(device.index) : undefined;
  const precision = resolvePrecision(
    wanted,
    gpu ? { kind: 'gpu', gpu } : { kind: 'cpu', hasBfloat16: cpuHasBfloat16() },
  );
  return {
    precision,
    versions: {
      engine: engineVersion,
      tensorflow: tensorflow().TF_Version,
      node: process.versions.node,
      device: gpu ? `${describeDevice(device)}, ${describeGpu(gpu)}` : describeDevice(device),
      precision,
    },
  };
}

/** The GPU that this process sees, by the environment that `deviceEnvironment` made. */
async function gpuOf(index: number): Promise<Gpu> {
  const { gpuDriver } = await import('./gpus.ts');
  const gpu = tensorflow().isUsingGpuDevice() ? gpuDriver()?.gpus[0] : undefined;
  if (gpu === undefined)
    throw new TrainingFailure(
      'no-gpu',
      `GPU ${index} was asked for, but TensorFlow sees none (CUDA_VISIBLE_DEVICES=${process.env['CUDA_VISIBLE_DEVICES']})`,
    );
  return gpu;
}
