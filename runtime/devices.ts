import { readdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { Device } from '../training/device.ts';

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

/** Bytes of memory that a training on the CPU may need: networks of 340 to 400 MF take up to 2.7 GB (bench/README.md). */
const memoryOfTraining = 3 * 2 ** 30;

/** The devices of a worker's slots: the GPUs in turn, or the cores in equal parts. */
export function trainingDevices(
  { slots, gpus = gpusOfMachine(), threads }: WorkerOptions,
  cores = availableParallelism(),
  memory = totalmem(),
): Device[] {
  const fitting = Math.max(1, Math.min(cores, Math.floor(memory / memoryOfTraining)));
  const count = slots ?? (gpus.length || fitting);
  return Array.from({ length: count }, (_, slot) =>
    gpus.length > 0
      ? { kind: 'gpu', index: gpus[slot % gpus.length]! }
      : { kind: 'cpu', threads: threads ?? Math.max(1, Math.floor(cores / count)) },
  );
}

/** NVIDIA GPUs of this machine, unless BEYOND_IMAGENET_DEVICE asks for the CPU. */
function gpusOfMachine(): number[] {
  if (process.env['BEYOND_IMAGENET_DEVICE'] === 'cpu') return [];
  return readdirSync('/dev')
    .flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
