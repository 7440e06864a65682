import type { Command } from 'commander';
import { ConfigError } from '../core/errors.ts';

/** Commands that are planned, with what does the same meanwhile. */
const planned = [
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
