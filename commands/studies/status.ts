import type { Command } from 'commander';
import { withStateOptions } from '../options/state-option.ts';
import type { StudiesOptions } from './with-studies.ts';

export function register(program: Command): void {
  withStateOptions(
    program
      .command('status')
      .argument('[id]', 'id of the study (default: every study)')
      .description('show the progress of a study: runs done and failed, throughput, time left')
      .option('--watch', 'keep showing it until the study ends', false)
      .option('--json', 'print it as JSON; with --watch, one document per line', false),
  ).action(async (id: string | undefined, options: { watch: boolean; json: boolean } & StudiesOptions) => {
    const { showStatus } = await import('./show-status.ts');
    await showStatus(id, options);
  });
}
