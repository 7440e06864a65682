import { Option, InvalidArgumentError, type Command } from 'commander';
import { readdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { devicesOf } from '../activities/device-slots.ts';
import type { Device } from '../training/device.ts';
import { positiveInteger } from './option-parsers.ts';

/** Options that say what a worker of this machine works with. */
export interface WorkerOptions {
  slots?: number;
  gpus?: number[];
  threads?: number;
  dataRoot?: string;
}

export function addWorkerOptions(command: Command): Command {
  return command
    .option(
      '--slots <n>',
      'trainings at a time (default: one a GPU, or one a core as far as memory goes)',
      positiveInteger,
    )
    .option('--gpus <list>', 'indices of the GPUs to train on, e.g. 0,1 (default: all; none for the CPU)', gpuIndices)
    .option('--threads <n>', 'CPU threads of a training (default: the cores shared out)', positiveInteger)
    .addOption(new Option('--data-root <dir>', 'folder with downloaded datasets').env('BEYOND_IMAGENET_DATA'));
}

/** Bytes of memory that a training on the CPU may need. */
const memoryOfTraining = 1.5 * 2 ** 30;

/** The devices of a worker's slots, one each. */
export function trainingDevices(
  { slots, gpus = gpusOfMachine(), threads }: WorkerOptions,
  cores = availableParallelism(),
  memory = totalmem(),
): Device[] {
  const fitting = Math.max(1, Math.min(cores, Math.floor(memory / memoryOfTraining)));
  return devicesOf({ slots: slots ?? (gpus.length || fitting), gpus, threads, cores });
}

/** NVIDIA GPUs of this machine, unless BEYOND_IMAGENET_DEVICE asks for the CPU. */
function gpusOfMachine(): number[] {
  if (process.env['BEYOND_IMAGENET_DEVICE'] === 'cpu') return [];
  return readdirSync('/dev')
    .flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function gpuIndices(text: string): number[] {
  if (text === 'none') return [];
  const indices = text.split(',').map(Number);
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError('It must be indices such as 0,1, or none.');
  return indices;
}
