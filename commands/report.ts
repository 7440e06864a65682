import type { Command } from 'commander';
import { withStateOptions } from './state-option.ts';
import type { StudiesOptions } from './with-studies.ts';

export function register(program: Command): void {
  withStateOptions(
    program
      .command('report')
      .argument('<id>', 'of the study')
      .description('rebuild the report of a study from the runs that have ended so far; no server needed')
      .option('--out <folder>', 'where tables, correlations and report are written (default: the store)'),
  ).action(async (id: string, options: { out?: string } & StudiesOptions) => {
    const { rebuildReport } = await import('./rebuild-report.ts');
    await rebuildReport(id, options);
  });
}
