import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { tensorflowEnvironment } from '../../../lib/native/environment.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

let part: string;
beforeEach(async () => {
  part = await temporaryFolder();
});

const binding = expect.stringMatching(/[/]tfjs-binding-[0-9a-f]{16}[/]tfjs_binding[.]node$/) as string;

test('a CPU build needs only the path of the binding, which lies beside it in the cache', async () => {
  const environment = await tensorflowEnvironment({ LD_LIBRARY_PATH: '/opt/lib' }, part);
  expect(environment).toEqual({ BEYOND_IMAGENET_BINDING: binding });
  expect(environment['BEYOND_IMAGENET_BINDING']!.startsWith(dirname(part))).toBe(true);
});

test('a GPU build is given the CUDA libraries, before the paths that the user has set', async () => {
  for (const name of ['cudnn', 'cublas', 'cuda_nvcc']) await mkdir(join(part, 'nvidia', name), { recursive: true });
  await writeFile(join(part, 'nvidia', '__init__.py'), '');
  expect(await tensorflowEnvironment({ LD_LIBRARY_PATH: '/opt/lib', XLA_FLAGS: '--xla_dump_to=d' }, part)).toEqual({
    BEYOND_IMAGENET_BINDING: binding,
    LD_LIBRARY_PATH: `${part}/nvidia/cublas/lib:${part}/nvidia/cudnn/lib:/opt/lib`,
    XLA_FLAGS: `--xla_dump_to=d --xla_gpu_cuda_data_dir=${part}/nvidia/cuda_nvcc`,
  });
  const { LD_LIBRARY_PATH } = await tensorflowEnvironment({}, part);
  expect(LD_LIBRARY_PATH).toBe(`${part}/nvidia/cublas/lib:${part}/nvidia/cudnn/lib`);
});
