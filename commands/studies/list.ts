import type { Command } from 'commander';
import { withStateOptions } from '../options/state-option.ts';
import type { StudiesOptions } from './with-studies.ts';

export function register(program: Command): void {
  withStateOptions(
    program
      .command('list')
      .description('list the studies of a state folder')
      .option('--json', 'print the list as JSON', false),
  ).action(async (options: { json: boolean } & StudiesOptions) => {
    const { listStudies } = await import('./show-status.ts');
    await listStudies(options);
  });
}
