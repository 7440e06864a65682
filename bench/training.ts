import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { textTable } from '../commands/table.ts';
import { sections, type Measurement } from './training/sections.ts';

/** Load average of the last minute, this benchmark's own processes included. */
type Measured = Measurement & { section: string; load: number };

interface Options {
  torchPython?: string;
  only?: string;
  rounds: string;
  json?: true;
}

/** `bench training`: steps, starts and memory of the training engine, beside PyTorch's where a Python with it is given. */
export function register(program: Command): void {
  program
    .command('training')
    .description('throughput, start and memory of training on 2 threads, each measurement in a process of its own')
    .option('--torch-python <path>', 'a Python with PyTorch, to compare with')
    .option('--only <sections>', `some of ${Object.keys(sections).join(',')}`)
    .option('--rounds <count>', 'measurements of each side, taken in turns; the best of each side counts', '3')
    .option('--json', 'the JSON document alone')
    .action(async ({ torchPython, only, rounds, json }: Options) => {
      const names = only?.split(',') ?? Object.keys(sections);
      const unknown = names.find((name) => !Object.hasOwn(sections, name));
      if (unknown !== undefined)
        throw new Error(`--only must name some of ${Object.keys(sections).join(', ')}, got ${unknown}`);
      const directory = await mkdtemp(join(tmpdir(), 'bench-training-'));
      const surroundings = { python: torchPython, rounds: Number(rounds), directory };
      const measurements: Measured[] = [];
      try {
        for (const name of names)
          for await (const measurement of sections[name as keyof typeof sections](surroundings)) {
            measurements.push({ section: name, ...measurement, load: loadavg()[0] as number });
            if (!json) process.stderr.write(`${name}: ${measurement.what}: ${ratioText(measurement)}\n`);
          }
      } finally {
        await rm(directory, { recursive: true });
      }
      if (!json) process.stdout.write(`${table(measurements)}\n`);
      process.stdout.write(`${JSON.stringify({ benchmark: 'training', rounds: Number(rounds), measurements })}\n`);
    });
}

const ratioText = ({ unit, ours, other, ratio, note }: Measurement) =>
  `${figure(ours)} to ${figure(other)} ${unit}, ratio ${ratio === null ? '-' : ratio.toFixed(2)}${note === undefined ? '' : ` (${note})`}`;

const figure = (value: number | null) => (value === null ? '-' : value.toPrecision(4));

function table(measurements: Measured[]): string {
  return textTable(
    ['section', 'what', 'unit', 'ours', 'other', 'ratio', 'load', 'note'],
    measurements.map(({ section, what, unit, ours, other, ratio, load, note }) => [
      section,
      what,
      unit,
      figure(ours),
      figure(other),
      ratio === null ? '-' : ratio.toFixed(2),
      load.toFixed(1),
      note ?? '',
    ]),
    ['section', 'what', 'unit', 'note'],
  );
}
