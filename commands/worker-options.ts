import { Option, InvalidArgumentError, type Command } from 'commander';
import { positiveInteger } from './option-parsers.ts';

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

function gpuIndices(text: string): number[] {
  if (text === 'none') return [];
  const indices = text.split(',').map(Number);
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError('It must be indices such as 0,1, or none.');
  return indices;
}
