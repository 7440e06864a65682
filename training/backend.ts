import tf from '@tensorflow/tfjs-node-gpu';
import { describeDevice, type Device } from './device.ts';
import { engineVersion } from './engine-version.ts';
import { TrainingFailure } from './failures.ts';

/**
 * Checks that TensorFlow has the device it is to compute on, and returns the versions that a run's record names. Importing this
 * module loads TensorFlow.
 * @throws TrainingFailure where a GPU is asked for and TensorFlow sees none
 */
export function checkBackend(device: Device): Record<string, string> {
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as {
    isUsingGpuDevice: boolean;
    binding: { TF_Version: string };
  };
  if (device.kind === 'gpu' && !isUsingGpuDevice)
    throw new TrainingFailure(
      'no-gpu',
      `GPU ${device.index} was asked for, but TensorFlow sees none (CUDA_VISIBLE_DEVICES=${process.env['CUDA_VISIBLE_DEVICES']})`,
    );
  return {
    engine: engineVersion,
    tensorflow: binding.TF_Version,
    node: process.versions.node,
    device: describeDevice(device),
  };
}
