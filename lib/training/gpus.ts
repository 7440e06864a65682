import { readFileSync } from 'node:fs';
import koffi, { type LibraryHandle } from 'koffi';
import { deviceOrder, type Gpu } from './device.ts';

/** NVIDIA's driver. */
export interface GpuDriver {
  /** E.g. `570.124.06`; undefined if the driver does not say. */
  version: string | undefined;
  /** The newest CUDA version that the driver supports, e.g. `12.8`. */
  cuda: string;
  gpus: Gpu[];
}

/** Values of `CUdevice_attribute` in cuda.h. */
const majorAttribute = 75;
const minorAttribute = 76;

/**
 * Asks NVIDIA's driver about the GPUs that this process may use, in order. The driver decides which those are, by CUDA_VISIBLE_DEVICES
 * (numbers, UUIDs or MIG instances, up to the first invalid one) and by what a container or batch system lets a process open. Undefined if
 * there is no driver. Asking takes no memory of the GPUs. `library` is the driver's part of CUDA, the same that TensorFlow opens.
 * @throws Error with CUDA's error code if the driver does not work
 */
export function gpuDriver(library = 'libcuda.so.1'): GpuDriver | undefined {
  let driver: LibraryHandle;
  try {
    driver = koffi.load(library);
  } catch {
    return undefined;
  }
  const call = (name: string, types: string[], ...parameters: unknown[]) => {
    const code = driver.func(name, 'int', types)(...parameters) as number;
    // CUDA_ERROR_NO_DEVICE: there is a driver, but no device.
    if (code !== 0 && !(name === 'cuInit' && code === 100))
      throw new Error(`the GPU driver failed: ${name} returned ${code}`);
    return code;
  };
  const integer = (name: string, types: string[], ...parameters: unknown[]) => {
    const result = [0];
    call(name, ['_Out_ int *', ...types], result, ...parameters);
    return result[0]!;
  };
  // Training processes use the same order.
  process.env['CUDA_DEVICE_ORDER'] ??= deviceOrder;
  const hasGpus = call('cuInit', ['unsigned int'], 0) === 0;
  const cuda = integer('cuDriverGetVersion', []);
  const count = hasGpus ? integer('cuDeviceGetCount', []) : 0;
  const gpus = Array.from({ length: count }, (_, index) => {
    const device = integer('cuDeviceGet', ['int'], index);
    const attribute = (number: number) => integer('cuDeviceGetAttribute', ['int', 'int'], number, device);
    const name = Buffer.alloc(256);
    call('cuDeviceGetName', ['void *', 'int', 'int'], name, name.length, device);
    const memory = [0];
    call('cuDeviceTotalMem_v2', ['_Out_ size_t *', 'int'], memory, device);
    return {
      index,
      name: name.toString('utf8', 0, name.indexOf(0)),
      computeCapability: [attribute(majorAttribute), attribute(minorAttribute)] as const,
      memoryBytes: memory[0]!,
    };
  });
  return { version: kernelModule(), cuda: `${Math.floor(cuda / 1000)}.${(cuda % 1000) / 10}`, gpus };
}

/** Reads the driver's version from its kernel module. */
function kernelModule(): string | undefined {
  try {
    return /Kernel Module\s+(?:for \S+\s+)?(\d[\d.]*)/.exec(readFileSync('/proc/driver/nvidia/version', 'utf8'))?.[1];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
