import type { Command } from 'commander';
import { nonNegativeInteger } from '../options/option-parsers.ts';
import { withStateOptions } from '../options/state-option.ts';
import type { VerifyOptions } from './verify-study.ts';
import { addWorkerOptions } from '../options/worker-options.ts';

export function register(program: Command): void {
  const command = program
    .command('verify')
    .argument('<study>', 'id of a study, or file of an exported study')
    .description('recompute every statistic of a study from its records, and retrain some of its runs to compare')
    .option('--runs <n>', 'number of finished runs to retrain, drawn at random', nonNegativeInteger, 3)
    .option('--seed <n>', 'seed of the draw', nonNegativeInteger, 0)
    .option('--json', 'print the outcome as JSON', false);
  addWorkerOptions(withStateOptions(command)).action(async (study: string, options: VerifyOptions) => {
    const { verify } = await import('./verify-study.ts');
    process.exitCode = await verify(study, options);
  });
}
