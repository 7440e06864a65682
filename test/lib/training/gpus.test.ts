import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import koffi from 'koffi';
import { expect, test, vi } from 'vitest';
import { findCompiler } from '../../../lib/native/tools.ts';
import { gpuDriver } from '../../../lib/training/gpus.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** A library with the functions of NVIDIA's driver that are used: two GPUs, and a result of its start. */
async function driverLibrary(initResult: number): Promise<string> {
  const folder = await temporaryFolder();
  const [source, library] = [join(folder, 'driver.cc'), join(folder, 'libcuda.so')];
  await writeFile(
    source,
    `#include <cstddef>
    #include <cstdlib>
    #include <cstring>
    extern "C" {
    const char *order;
    int cuInit(unsigned int flags) { order = getenv("CUDA_DEVICE_ORDER"); return ${initResult}; }
    int cuDriverGetVersion(int *version) { *version = 12080; return 0; }
    int cuDeviceGetCount(int *count) { *count = 2; return 0; }
    int cuDeviceGet(int *device, int index) { *device = 40 + index; return 0; }
    int cuDeviceGetName(char *name, int size, int device) {
      strncpy(name, device == 40 ? "NVIDIA H100 80GB HBM3" : "Tesla T4", size);
      return 0;
    }
    int cuDeviceGetAttribute(int *value, int attribute, int device) {
      if (attribute == 75) *value = device == 40 ? 9 : 7;
      else if (attribute == 76) *value = device == 40 ? 0 : 5;
      else return 1;
      return 0;
    }
    int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = device == 40 ? 85899345920 : 16106127360; return 0; }
    }`,
  );
  await promisify(execFile)(findCompiler(), ['-shared', '-fPIC', '-o', library, source]);
  return library;
}

test('the driver lists its GPUs with their generation and memory', async () => {
  expect(gpuDriver(await driverLibrary(0))).toMatchObject({
    cuda: '12.8',
    gpus: [
      { index: 0, name: 'NVIDIA H100 80GB HBM3', computeCapability: [9, 0], memoryBytes: 85899345920 },
      { index: 1, name: 'Tesla T4', computeCapability: [7, 5], memoryBytes: 16106127360 },
    ],
  });
});

test('GPUs are ordered as in training processes, unless the environment orders them otherwise', async () => {
  const library = await driverLibrary(0);
  const orderOf = (order: string | undefined) => {
    vi.stubEnv('CUDA_DEVICE_ORDER', order);
    gpuDriver(library);
    const seen = koffi.decode(koffi.load(library).symbol('order', 'const char *'), 'const char *') as string;
    vi.unstubAllEnvs();
    return seen;
  };
  expect(orderOf(undefined)).toBe('PCI_BUS_ID');
  expect(orderOf('FASTEST_FIRST')).toBe('FASTEST_FIRST');
});

test('a driver that sees no device has no GPUs; one that does not start fails with its code', async () => {
  expect(gpuDriver(await driverLibrary(100))?.gpus).toEqual([]);
  const broken = await driverLibrary(803);
  expect(() => gpuDriver(broken)).toThrow('the GPU driver failed: cuInit returned 803');
});

test('without a driver there is none', () => {
  expect(gpuDriver('libno-such-driver.so.1')).toBeUndefined();
});
