import type { Command } from 'commander';
import { stateOption } from './state-option.ts';

export function register(program: Command): void {
  program
    .command('report')
    .argument('<id>', 'of the study')
    .description('rebuild the report of a study from the runs that have ended so far; no server needed')
    .option('--out <folder>', 'where table, correlations and report are written (default: the store)')
    .addOption(stateOption())
    .action(async (id: string, options: { out?: string; state?: string }) => {
      const { rebuildReport } = await import('./rebuild-report.ts');
      await rebuildReport(id, options);
    });
}
