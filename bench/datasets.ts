import type { Command } from 'commander';
import { sections } from './datasets/sections.ts';
import { runSections, type SectionOptions } from './run-sections.ts';

/** `bench datasets`: measures the preparation and reading of images, compared with libraries alone and with targets. */
export function register(program: Command): void {
  program
    .command('datasets')
    .description('preparing images, memory for that, and training on images as they are read')
    .option('--only <sections>', `sections to run, from ${Object.keys(sections).join(',')}`)
    .option('--rounds <count>', 'measurements of each side, taken in turns; the best of each side counts', '3')
    .option('--json', 'print only the JSON document')
    .action((options: SectionOptions) => runSections('datasets', sections, options, {}));
}
