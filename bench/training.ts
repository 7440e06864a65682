import type { Command } from 'commander';
import { runSections, type SectionOptions } from './run-sections.ts';
import { sections } from './training/sections.ts';

const onCpu = Object.keys(sections)
  .filter((name) => name !== 'gpu')
  .join(',');

/** `bench training`: measures steps, start-up and memory of the training engine, compared with PyTorch's if a Python with it is given. */
export function register(program: Command): void {
  program
    .command('training')
    .description('throughput, start-up and memory of training on 2 threads, each measurement in a separate process')
    .option('--torch-python <path>', 'a Python with PyTorch, for comparison')
    .option('--only <sections>', `sections to run, from ${onCpu}`)
    .option('--gpu <index>', 'measure only on this GPU')
    .option('--rounds <count>', 'measurements of each side, taken in turns; the best of each side counts', '3')
    .option('--json', 'print only the JSON document')
    .action(({ torchPython, gpu, ...options }: SectionOptions & { torchPython?: string; gpu?: string }) =>
      runSections(
        'training',
        sections,
        { only: onCpu, ...options, ...(gpu !== undefined && { only: 'gpu' }) },
        { python: torchPython, gpu: Number(gpu ?? 0) },
      ),
    );
}
