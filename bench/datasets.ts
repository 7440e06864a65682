import type { Command } from 'commander';
import { sections } from './datasets/sections.ts';
import { runSections, type SectionOptions } from './run-sections.ts';

/** `bench datasets`: preparation and reading of images, beside what libraries alone reach and what is aimed at. */
export function register(program: Command): void {
  program
    .command('datasets')
    .description('preparing images, its memory, and training on them as they are read')
    .option('--only <sections>', `some of ${Object.keys(sections).join(',')}`)
    .option('--rounds <count>', 'measurements of each side, taken in turns; the best of each side counts', '3')
    .option('--json', 'the JSON document alone')
    .action((options: SectionOptions) => runSections('datasets', sections, options, {}));
}
