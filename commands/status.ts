import type { Command } from 'commander';
import { withStateOptions } from './state-option.ts';
import type { StudiesOptions } from './with-studies.ts';

export function register(program: Command): void {
  withStateOptions(
    program
      .command('status')
      .argument('[id]', 'of the study (default: every study)')
      .description('how a study stands: runs done and failed, throughput, time left')
      .option('--watch', 'go on showing it until the study ends', false)
      .option('--json', 'as JSON; with --watch one document a line', false),
  ).action(async (id: string | undefined, options: { watch: boolean; json: boolean } & StudiesOptions) => {
    const { showStatus } = await import('./show-status.ts');
    await showStatus(id, options);
  });
}
