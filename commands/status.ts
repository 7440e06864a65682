import type { Command } from 'commander';
import { stateOption } from './state-option.ts';

interface StatusOptions {
  watch: boolean;
  json: boolean;
  state?: string;
}

export function register(program: Command): void {
  program
    .command('status')
    .argument('[id]', 'of the study (default: every study)')
    .description('how a study stands: runs done and failed, throughput, time left')
    .option('--watch', 'go on showing it until the study ends', false)
    .addOption(stateOption())
    .option('--json', 'as JSON; with --watch one document a line', false)
    .action(async (id: string | undefined, options: StatusOptions) => {
      const { showStatus } = await import('./show-status.ts');
      await showStatus(id, options);
    });
}
