import { describeDevice, describeGpu, type Device, type Gpu } from './device.ts';
import { engineVersion } from './engine-version.ts';
import { TrainingFailure } from './failures.ts';
import { cpuHasBfloat16, resolvePrecision } from './precision.ts';
import type { RunningProtocol, TrainingProtocol } from './protocol.ts';
import { tensorflow } from './tensorflow-binding.ts';

/** What a process trains with. */
export interface Backend {
  /** With the precision that the device computes in. */
  protocol: RunningProtocol;
  /** What a run's record names. */
  versions: Record<string, string>;
}

/**
 * Loads TensorFlow and checks that it has the device it is to compute on, at the precision of a protocol.
 * @throws TrainingFailure where a GPU is asked for and TensorFlow sees none, or a precision that the device has not
 */
export async function openBackend(
  device: Device,
  { allowedPrecisions, ...protocol }: TrainingProtocol,
): Promise<Backend> {
  const gpu = device.kind === 'gpu' ? await gpuOf(device.index) : undefined;
  const precision = resolvePrecision(
    { ...protocol, allowedPrecisions },
    gpu ? { kind: 'gpu', gpu } : { kind: 'cpu', hasBfloat16: cpuHasBfloat16() },
  );
  return {
    protocol: { ...protocol, precision },
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
