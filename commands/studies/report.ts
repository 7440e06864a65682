import { InvalidArgumentError, type Command } from 'commander';
import { withStateOptions } from '../options/state-option.ts';
import type { ReportOptions } from './rebuild-report.ts';

export function register(program: Command): void {
  withStateOptions(
    program
      .command('report')
      .argument('<id...>', 'id of the study, or ids of several to show side by side')
      .description('rebuild the report of a study from the runs that have ended so far; needs no server')
      .option(
        '--out <folder>',
        'where the report, tables and each figure (SVG, PDF, CSV) are written (default: the store)',
      )
      .option('--markdown', 'print a summary in Markdown', false)
      .option('--serve', 'serve a page that follows the study while it runs', false)
      .option('--host <address>', 'address on which the page is served', '127.0.0.1')
      .option('--port <n>', 'port of the page; 0 for any free port', port, 0),
  ).action(async (ids: [string, ...string[]], options: ReportOptions) => {
    if (options.serve) {
      const { serveReport } = await import('./serve-report.ts');
      process.exitCode = await serveReport(ids, options);
    } else {
      const { rebuildReport } = await import('./rebuild-report.ts');
      await rebuildReport(ids, options);
    }
  });
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new InvalidArgumentError('It must be from 0 to 65535.');
  return Number(text);
}
