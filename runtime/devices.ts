import { availableParallelism, totalmem } from 'node:os';
import type { Device } from '../lib/training/device.ts';
import { gpuDriver, type GpuDriver } from '../lib/training/gpus.ts';

/** Options that say what a worker of this machine works with. */
export interface WorkerOptions {
  slots?: number;
  gpus?: number[];
  threads?: number;
  dataRoot?: string;
  /** Bytes that prepared datasets may take; all of the disk but 2 GB where absent. */
  dataCache?: number;
  /** `host:port` at which Prometheus finds this process's metrics. */
  metrics?: string;
}

/**
 * Bytes of memory that a slot of the CPU may need: networks of 340 to 400 MF take up to 2.7 GB (bench/README.md), the process that
 * stands by for the next one 0.1 GB, beside the library, which all share.
 */
const memoryOfSlot = 3 * 2 ** 30;

/** The devices of a worker's slots: the GPUs in turn, or the cores in equal parts. */
export function trainingDevices(
  { slots, gpus = gpusOfMachine(), threads }: WorkerOptions,
  cores = availableParallelism(),
  memory = totalmem(),
): Device[] {
  const fitting = Math.max(1, Math.min(cores, Math.floor(memory / memoryOfSlot)));
  const count = slots ?? (gpus.length || fitting);
  return Array.from({ length: count }, (_, slot) =>
    gpus.length > 0
      ? { kind: 'gpu', index: gpus[slot % gpus.length]! }
      : { kind: 'cpu', threads: threads ?? Math.max(1, Math.floor(cores / count)) },
  );
}

/**
 * The NVIDIA GPUs that this process may use, unless BEYOND_IMAGENET_DEVICE asks for the CPU. Where the driver fails it is one, for
 * the checks of this machine to refuse with the reason: that GPUs are broken is not to go by as training on the CPU.
 */
export function gpusOfMachine(
  asked: string | undefined = process.env['BEYOND_IMAGENET_DEVICE'],
  findDriver: () => GpuDriver | undefined = gpuDriver,
): number[] {
  if (asked === 'cpu') return [];
  try {
    return findDriver()?.gpus.map(({ index }) => index) ?? [];
  } catch {
    return [0];
  }
}
