import type { Command } from 'commander';
import { ConfigError } from '../core/errors.ts';

/** Commands that are planned, with what does the same meanwhile. */
const planned = [
  ['pause', 'hold a study back', 'Ctrl-C in its start stops a study, and the same start goes on with it'],
  ['resume', 'go on with a paused study', 'the start that began a study goes on with it'],
  ['retry', 'train failed runs again', 'start --id <another id> trains only what is not finished'],
  [
    'extend',
    'add architectures to a study',
    'start --set population.count=<n> --id <another id> trains only the new ones',
  ],
  [
    'variant',
    'a new study from an old one',
    'start --set <field=value> --id <another id> shares every run that stays the same',
  ],
  ['plan', 'what a study costs, before it is started', 'sample and complexity tell the architectures and their flops'],
  ['datasets', 'check which datasets are there', 'start says which dataset is missing before it trains anything'],
] as const;

/** The commands that answer that they are not there yet. */
export function register(program: Command): void {
  for (const [name, description, instead] of planned)
    program
      .command(name, { hidden: true })
      .description(description)
      .argument('[arguments...]')
      .allowUnknownOption()
      .action(() => {
        throw new ConfigError(`${name} (${description}) is not there yet`, [instead]);
      });
}
