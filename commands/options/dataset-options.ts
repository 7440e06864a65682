import type { Command } from 'commander';
import { dataRootOption } from './data-root-option.ts';
import { collect } from './option-parsers.ts';
import { withStateOptions } from './state-option.ts';

/** Adds the options that say where datasets are and which study describes them. */
export function withDatasetOptions(command: Command): Command {
  return command
    .addOption(dataRootOption())
    .option('--config <file>', 'use the datasets of this study config, including your own')
    .option('--preset <name>', 'use the datasets of a study that is included in the project')
    .option('--set <a.b=v>', 'change a field of the study; may be repeated', collect, [])
    .option('--json', 'print the results as JSON');
}

/** Adds the options of a command that prepares datasets. */
export function withPreparation(command: Command): Command {
  return withStateOptions(
    withDatasetOptions(command).option('--allow-incomplete', 'accept datasets that are incomplete'),
  );
}
