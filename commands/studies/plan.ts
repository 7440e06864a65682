import type { Command } from 'commander';
import type { ConfigSource } from '../options/config-source.ts';
import { dataRootOption } from '../options/data-root-option.ts';
import { collect } from '../options/option-parsers.ts';

interface PlanOptions extends ConfigSource {
  json: boolean;
  state?: string;
  dataRoot?: string;
}

export function register(program: Command): void {
  program
    .command('plan')
    .description('show the runs, images, flops, disk and estimated GPU-days of a study, before anything is spent')
    .option('--preset <name>', 'study that comes with the project (default: quickstart)')
    .option('--config <file>', 'study config (JSON)')
    .option('--set <field=value>', 'change a field of it; may be repeated', collect, [])
    .option('--state <dir>', 'state folder, for the speeds that doctor has measured on this machine')
    .addOption(dataRootOption())
    .option('--json', 'print the plan as JSON', false)
    .action(async (options: PlanOptions) => {
      const { showPlan } = await import('./show-plan.ts');
      await showPlan(options);
    });
}
