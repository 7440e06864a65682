import type { Command } from 'commander';
import { stateOption } from './state-option.ts';

export function register(program: Command): void {
  program
    .command('list')
    .description('the studies of a state folder')
    .addOption(stateOption())
    .option('--json', 'as JSON', false)
    .action(async (options: { json: boolean; state?: string }) => {
      const { listStudies } = await import('./show-status.ts');
      await listStudies(options);
    });
}
