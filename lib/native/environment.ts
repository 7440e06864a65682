import { readdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { userCache } from '../core/files/user-cache.ts';
import { bindingFile, bindingPart } from './binding.ts';
import { isComplete } from './completion.ts';
import { operationsFile, operationsPart } from './operations.ts';
import { accelerator, supportedPlatform } from './platform.ts';
import { tensorflowPart } from './tensorflow.ts';

/** Environment variable with the path of the tfjs binding. */
export const bindingVariable = 'BEYOND_IMAGENET_BINDING';

/**
 * Environment variable with the path of this project's operations. If it is set already, its value is kept; if it is empty, trainings run
 * without them.
 */
export const operationsVariable = 'BEYOND_IMAGENET_OPERATIONS';

/**
 * Returns the environment variables for a process that loads TensorFlow: the paths of the binding and of this project's operations and, for
 * a GPU, of the CUDA libraries in the cache (which TensorFlow opens by name) and of XLA's device library and assembler.
 */
export async function tensorflowEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  part: string = tensorflowFolder(env),
): Promise<Record<string, string>> {
  const cache = dirname(part);
  const operations = join(cache, (await operationsPart(part)).folder);
  const own = {
    [bindingVariable]: join(cache, (await bindingPart(part)).folder, bindingFile),
    ...(env[operationsVariable] === undefined &&
      (await isComplete(operations)) && { [operationsVariable]: join(operations, operationsFile) }),
  };
  const nvidia = join(part, 'nvidia');
  const entries = await readdir(nvidia, { withFileTypes: true }).catch(() => []);
  const packages = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  if (packages.length === 0) return own;
  const libraries = packages.filter((name) => name !== 'cuda_nvcc').map((name) => join(nvidia, name, 'lib'));
  const cudaData = `--xla_gpu_cuda_data_dir=${join(nvidia, 'cuda_nvcc')}`;
  return {
    ...own,
    LD_LIBRARY_PATH: [...libraries, env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter),
    XLA_FLAGS: [env['XLA_FLAGS'], cudaData].filter(Boolean).join(' '),
  };
}

/** Returns the folder of the TensorFlow part that this machine uses. */
export function tensorflowFolder(env: NodeJS.ProcessEnv = process.env): string {
  const platform = supportedPlatform();
  return join(userCache(env), tensorflowPart(platform, accelerator(platform, env)).folder);
}
