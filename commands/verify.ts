import type { Command } from 'commander';
import { nonNegativeInteger } from './option-parsers.ts';
import { withStateOptions } from './state-option.ts';
import type { VerifyOptions } from './verify-study.ts';
import { addWorkerOptions } from './worker-options.ts';

export function register(program: Command): void {
  const command = program
    .command('verify')
    .argument('<study>', 'id of a study, or the file of an exported one')
    .description(
      'compute every statistic of a study again from its records, and train some of its runs anew to compare',
    )
    .option('--runs <n>', 'finished runs to train again, drawn at random', nonNegativeInteger, 3)
    .option('--seed <n>', 'of the draw', nonNegativeInteger, 0)
    .option('--json', 'as JSON', false);
  addWorkerOptions(withStateOptions(command)).action(async (study: string, options: VerifyOptions) => {
    const { verify } = await import('./verify-study.ts');
    process.exitCode = await verify(study, options);
  });
}
