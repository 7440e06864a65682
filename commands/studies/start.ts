import type { Command } from 'commander';
import type { StartOptions } from './start-study.ts';
import { withStateOptions } from '../options/state-option.ts';
import { addWorkerOptions } from '../options/worker-options.ts';
import { collect } from '../options/option-parsers.ts';

export function register(program: Command): void {
  const command = program
    .command('start')
    .description('start a study, or continue it where it stopped; ends when the study ends')
    .option(
      '--preset <name>',
      'study that comes with the project: quickstart (default), demonstration, paper or paper-draws',
    )
    .option('--config <file>', 'study config (JSON)')
    .option('--set <field=value>', 'change a field of the study, e.g. protocol.epochs=3; may be repeated', collect, [])
    .option('--id <id>', 'name of this study (default: the name in its config)')
    .option('--detach', 'only submit the study to a configured Temporal server that has its own workers', false)
    .option('--rehearse', 'simulate data and trainings, to see the whole flow, the report and the costs', false)
    .option('--json', 'print the results as JSON', false);
  addWorkerOptions(withStateOptions(command)).action(async (options: StartOptions) => {
    const { start } = await import('./start-study.ts');
    process.exitCode = await start(options);
  });
}
