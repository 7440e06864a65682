import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Part } from './part.ts';
import type { Accelerator, Platform } from './platform.ts';
import { downloadWheels } from './wheel-download.ts';
import { unpackWheel } from './wheel-unpack.ts';
import { tensorflowVersion, tensorflowWheels } from './wheels.ts';

export const tensorflowLibraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** The C API headers that the tfjs binding and this project's operations include, directly or not: 19 of the wheel's 11,000. */
const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/c_api_macros.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/experimental/stream_executor/stream_executor.h',
  'tensorflow/c/kernels.h',
  'tensorflow/c/ops.h',
  'tensorflow/c/tf_attrtype.h',
  'tensorflow/c/tf_buffer.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/c/tf_tstring.h',
  'tensorflow/core/common_runtime/next_pluggable_device/c/tf_rendezvous_c_api.h',
  'tensorflow/core/platform/ctstring.h',
  'tensorflow/core/platform/ctstring_internal.h',
  'tsl/platform/ctstring.h',
  'tsl/platform/ctstring_internal.h',
  'tsl/platform/platform.h',
  'xla/tsl/c/tsl_status.h',
];

const kept = new Set([
  ...tensorflowLibraries.map((library) => `tensorflow/${library}`),
  ...headers.map((header) => `tensorflow/include/${header}`),
]);

/** Distinguishes installations that keep different files. */
const keptDigest = createHash('sha256')
  .update([...kept].join())
  .digest('hex')
  .slice(0, 8);

/** Whether a member of a wheel is kept: TensorFlow's libraries and C headers, NVIDIA's libraries and the tools that XLA compiles with. */
const wanted = (path: string) => kept.has(path) || /^nvidia\/[^/]+\/(lib|bin|nvvm)\//.test(path);

/** Unpacks the kept members of one of TensorFlow's or NVIDIA's wheels below a folder. */
export const unpackTensorflow = (wheel: string, folder: string, signal?: AbortSignal): Promise<string[]> =>
  unpackWheel(wheel, folder, wanted, signal);

/**
 * Returns libtensorflow with the headers of its C API as a part, taken from TensorFlow's Python wheel: `tensorflow/` holds the libraries,
 * `tensorflow/include/` the headers, `nvidia/` (on a GPU machine) the CUDA libraries.
 */
export function tensorflowPart(platform: Platform, accelerator: Accelerator): Part {
  const wheels = tensorflowWheels(platform, accelerator);
  return {
    title: `libtensorflow ${tensorflowVersion} (${accelerator})`,
    folder: `libtensorflow-${tensorflowVersion}-${accelerator}-${platform}-${keptDigest}`,
    // Measured: 274 MB downloaded and 853 MB kept for a CPU, 3.4 GB and 5.3 GB for a GPU.
    diskBytes: accelerator === 'cpu' ? 1.2e9 : 9e9,
    async install({ directory, onActivity, signal }) {
      const paths = await downloadWheels(
        wheels,
        directory,
        (progress) => onActivity({ state: 'downloading', ...progress }),
        signal,
      );
      onActivity({ state: 'unpacking' });
      for (const path of paths) {
        await unpackTensorflow(path, directory, signal);
        await rm(path);
      }
      for (const name of ['wheels', 'pip', 'requirements.txt'])
        await rm(join(directory, name), { recursive: true, force: true });
    },
  };
}
