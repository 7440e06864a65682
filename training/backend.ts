import tf from '@tensorflow/tfjs-node-gpu';
import type { TrainingProtocol } from './protocol.ts';
import { describeDevice, type Device } from './device.ts';
import { engineVersion } from './engine-version.ts';
import { TrainingFailure } from './failures.ts';

/**
 * Checks that TensorFlow has the device it is to compute on at a precision, and returns the versions that a run's record names.
 * Importing this module loads TensorFlow.
 * @throws TrainingFailure where a GPU is asked for and TensorFlow sees none, or a precision that a CPU does not compute in
 */
export function checkBackend(
  device: Device,
  { precision }: Pick<TrainingProtocol, 'precision'>,
): Record<string, string> {
  if (device.kind === 'cpu' && precision === 'float16')
    throw new TrainingFailure(
      'no-gpu',
      'float16 needs a GPU, as TensorFlow has no gradient of its group convolutions on a CPU: bfloat16 and float32 train there',
    );
  if (device.kind === 'cpu' && precision === 'tf32')
    throw new TrainingFailure('no-gpu', 'tf32 needs a GPU: bfloat16 and float32 train on a CPU');
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
