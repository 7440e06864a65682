import { describeDevice, describeGpu, type Device, type Gpu } from './device.ts';
import { engineVersion } from './engine-version.ts';
import { TrainingFailure } from './failures.ts';
import { nativeOperations, usesOwnOperations } from './native-operations.ts';
import { cpuHasBfloat16, resolvePrecision } from './precision.ts';
import type { Precision, TrainingProtocol } from './protocol.ts';
import { tensorflow } from './tensorflow-binding.ts';

/** The backend that a process computes with. */
export interface Backend {
  precision: Precision;
  /** Versions for the record of a run. */
  versions: Record<string, string>;
}

/**
 * Loads TensorFlow and checks that it has the wanted device, and that the device supports the wanted precision.
 * @throws TrainingFailure if a GPU is wanted and TensorFlow sees none, or if the device does not support the precision
 */
export async function openBackend(
  device: Device,
  wanted: Pick<TrainingProtocol, 'precision' | 'allowedPrecisions'> & Partial<Pick<TrainingProtocol, 'xla'>>,
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
      operations: describeOperations({ precision, xla: wanted.xla ?? false }),
    },
  };
}

/** Names the operations that compute batch norms and narrow group convolutions, for the record of a run. */
function describeOperations(protocol: { precision: Precision; xla: boolean }): string {
  if (usesOwnOperations(protocol)) return 'own operations';
  const operations = nativeOperations();
  return `TensorFlow's operations${operations.available ? '' : ` (own ones: ${operations.reason})`}`;
}

/** Returns the GPU that this process sees, by the environment that `deviceEnvironment` made. */
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
