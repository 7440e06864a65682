import { Option, InvalidArgumentError, type Command } from 'commander';
import { dataRootOption } from './data-root-option.ts';
import { byteSize, positiveInteger } from './option-parsers.ts';

export function addWorkerOptions(command: Command): Command {
  return command
    .option(
      '--slots <n>',
      'number of concurrent trainings (default: one per GPU, or one per core as far as memory allows)',
      positiveInteger,
    )
    .option('--gpus <list>', 'indices of the GPUs to train on, e.g. 0,1 (default: all; none for the CPU)', gpuIndices)
    .option('--threads <n>', 'CPU threads per training (default: its share of the cores)', positiveInteger)
    .option('--metrics <host:port>', 'serve Prometheus metrics at this address, e.g. 127.0.0.1:9464', hostAndPort)
    .addOption(
      new Option(
        '--stop-seconds <n>',
        'seconds within which trainings must end after SIGTERM, e.g. the stopSeconds of a trainer plus two (default: 10)',
      )
        .argParser(positiveInteger)
        .env('BEYOND_IMAGENET_STOP_SECONDS'),
    )
    .addOption(dataRootOption())
    .addOption(
      new Option(
        '--data-cache <size>',
        'space for prepared datasets in the state folder, e.g. 200GB; the least recently used are removed first (default: the whole disk except 2 GB)',
      )
        .argParser(byteSize)
        .env('BEYOND_IMAGENET_DATA_CACHE'),
    );
}

function hostAndPort(text: string): string {
  const port = Number(/^.+:(\d+)$/.exec(text)?.[1]);
  if (!(port > 0 && port < 65536))
    throw new InvalidArgumentError('It must be an address and a port, e.g. 127.0.0.1:9464.');
  return text;
}

function gpuIndices(text: string): number[] {
  if (text === 'none') return [];
  const indices = text.split(',').map(Number);
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError('It must be indices such as 0,1, or none.');
  return indices;
}
