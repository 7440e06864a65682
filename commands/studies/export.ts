import type { Command } from 'commander';
import { withStateOptions } from '../options/state-option.ts';
import type { StudiesOptions } from './with-studies.ts';

export function register(program: Command): void {
  withStateOptions(
    program
      .command('export')
      .argument('<id>', 'id of the study')
      .description(
        'write a study as one file that others can check: records, tables, statistics, report; no pixels, no weights',
      )
      .requiredOption('--out <file>', 'the ZIP archive to write'),
  ).action(async (id: string, options: { out: string } & StudiesOptions) => {
    const { exportToFile } = await import('./export-study.ts');
    await exportToFile(id, options);
  });
}
