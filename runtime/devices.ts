import { availableParallelism, totalmem } from 'node:os';
import type { Device } from '../lib/training/device.ts';
import { gpuDriver, type GpuDriver } from '../lib/training/gpus.ts';

/** The resources of this machine that a worker may use. */
export interface WorkerOptions {
  slots?: number;
  gpus?: number[];
  threads?: number;
  dataRoot?: string;
  /** Bytes that prepared datasets may take; the whole disk except 2 GB if absent. */
  dataCache?: number;
  /** `host:port` at which Prometheus finds this process's metrics. */
  metrics?: string;
  /** Seconds within which trainings must end when this process stops; `defaultStopSeconds` if absent. */
  stopSeconds?: number;
}

/**
 * Bytes of memory that a slot on the CPU may need: a network of 340 to 400 MF takes up to 2.7 GB (bench/README.md), and the process started
 * in advance for the next run takes 0.1 GB. All slots share the memory of the library itself.
 */
const memoryOfSlot = 3 * 2 ** 30;

/** Returns the bytes of memory that this process may use: the machine's, or those of its container or job. */
export const memoryOfMachine = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/** Returns a device for each slot of a worker: the GPUs in turn or, without GPUs, equal shares of the cores. */
export function trainingDevices(
  { slots, gpus = gpusOfMachine(), threads }: WorkerOptions,
  cores = availableParallelism(),
  memory = memoryOfMachine(),
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
 * Returns the indices of the NVIDIA GPUs that this process may use; none if BEYOND_IMAGENET_DEVICE is `cpu`. If the driver fails, it
 * returns index 0, which the checks of this machine then refuse with the reason: a machine with broken GPUs must not silently train on its
 * CPU.
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
